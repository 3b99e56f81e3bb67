/* Charts, choosers and the form. Without JavaScript everything but charts and form is there to read. */

const data = (id) => JSON.parse(document.getElementById(id).textContent);
const all = (selector, within = document) => Array.from(within.querySelectorAll(selector));

/* Charts are drawn when their section is unfolded: before, they have no width. */
const specifications = data("charts");
function drawChart(place) {
    return vegaEmbed(place, specifications[place.dataset.chart], { actions: false, renderer: "svg" }).catch(() => {
        /* one chart that cannot be drawn does not take the others with it */
        place.replaceChildren(element("p", "This chart could not be drawn; its figures are in the tables."));
        return null;
    });
}
const drawings = new Map();
function drawWithin(details) {
    all(".chart", details).forEach((place) => {
        if (!drawings.has(place)) drawings.set(place, drawChart(place));
    });
}
function unfold() {
    all("details").forEach((details) => (details.open = true));
    all("details.level").forEach(drawWithin);
    return Promise.all(drawings.values()).then((drawn) => drawn.filter(Boolean));
}
function unfoldTo(id) {
    const place = id && document.getElementById(id);
    if (!place) return;
    const folded = all(":scope > details.level", place);
    for (let one = place; one; one = one.parentElement) if (one.tagName === "DETAILS") folded.push(one);
    folded.forEach((details) => (details.open = true));
    place.scrollIntoView();
}

/* The reader and the place are in the address: #credit, #reader=credit or #reader=credit&at=claims. */
const readers = all(".readers a");
function followAddress() {
    const address = location.hash.slice(1);
    const parts = new URLSearchParams(address.includes("=") ? address : { at: decodeURIComponent(address) });
    const root = document.documentElement;
    const asked = parts.get("reader");
    if (readers.some((link) => link.dataset.reader === asked)) root.dataset.reader = asked;
    const reader = root.dataset.reader;
    readers.forEach((link) => {
        if (link.dataset.reader === reader) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
    });
    const at = parts.get("at");
    if (!asked && at && reader !== "everyone") history.replaceState(null, "", `#reader=${reader}&at=${at}`);
    unfoldTo(at);
}

function markPlace() {
    const links = all(".contents a");
    const seen = new Set();
    const mark = () => {
        /* the last sections cannot come to the top, so there the address tells */
        const isEnd = window.scrollY + window.innerHeight >= document.documentElement.scrollHeight - 2;
        const current =
            links.find((link) => isEnd && location.hash.endsWith(link.hash.slice(1))) ||
            links.find((link) => seen.has(link.hash.slice(1)));
        links.forEach((link) => {
            if (link === current) link.setAttribute("aria-current", "location");
            else link.removeAttribute("aria-current");
        });
    };
    const observer = new IntersectionObserver((entries) => {
        entries.forEach((entry) => (entry.isIntersecting ? seen.add(entry.target.id) : seen.delete(entry.target.id)));
        mark();
    }, { rootMargin: "-25% 0px -60% 0px" });
    all("main > section").forEach((section) => observer.observe(section));
}

/* Tables: sort by a column, look for a word, take away as CSV. */
function words(cell) {
    return cell.innerText.replace(/\s+/g, " ").trim();
}
function amount(text) {
    const found = /^([A-Z]{3} )?([−-]?[\d,]+(\.\d+)?(e[+-]\d+)?)/.exec(text.replace(/^[+▲▼▴▾ ]+/, ""));
    return found ? Number(found[2].replace(/,/g, "").replace("−", "-")) : NaN;
}
function sortBy(table, column) {
    const heads = Array.from(table.tHead.rows[0].cells);
    const down = heads[column].getAttribute("aria-sort") === "ascending" ? -1 : 1;
    heads.forEach((head) => head.removeAttribute("aria-sort"));
    heads[column].setAttribute("aria-sort", down > 0 ? "ascending" : "descending");
    const rows = Array.from(table.tBodies[0].rows, (row) => ({ row, text: words(row.cells[column]) }));
    const isMissing = (one) => one.text === "" || one.text === "–";
    const areNumbers = rows.every((one) => isMissing(one) || !Number.isNaN(amount(one.text)));
    const order = (one, other) =>
        one.row.classList.contains("total") - other.row.classList.contains("total") ||
        isMissing(one) - isMissing(other) ||
        down * (areNumbers ? amount(one.text) - amount(other.text) : one.text.localeCompare(other.text));
    rows.sort(order).forEach((one) => table.tBodies[0].append(one.row));
}
function asCsv(tables) {
    const cell = (text) => {
        const plain = /^−?[\d,]+(\.\d+)?$/.test(text) ? text.replace(/,/g, "").replace("−", "-") : text;
        /* a spreadsheet must not take words for a formula */
        const safe = /^[=+@\t-]/.test(plain) && Number.isNaN(Number(plain)) ? `'${plain}` : plain;
        return `"${safe.replace(/"/g, '""')}"`;
    };
    const line = (row) => Array.from(row.cells, (one) => cell(words(one))).join(",");
    const shown = (row) => row.getClientRects().length > 0;
    return tables
        .filter(shown)
        .flatMap((table) => Array.from(table.rows).filter(shown).map(line))
        .join("\r\n");
}
function setUpTools(place) {
    const tables = place.dataset.tools.startsWith("+")
        ? [place.nextElementSibling.querySelector("table")]
        : all(place.dataset.tools);
    const name = place.dataset.name || "Segments";
    const rows = tables.flatMap((table) => Array.from(table.tBodies[0].rows));
    if (!rows.length) return;
    if (rows.length > 5) {
        const search = element("input");
        search.type = "search";
        search.placeholder = "Search";
        search.setAttribute("aria-label", `Search in: ${name}`);
        search.addEventListener("input", () => {
            const asked = search.value.toLowerCase();
            rows.forEach((row) => row.classList.toggle("missed", !row.textContent.toLowerCase().includes(asked)));
        });
        place.append(search);
    }
    const button = element("button", "CSV");
    button.type = "button";
    button.setAttribute("aria-label", `Download as CSV: ${name}`);
    button.addEventListener("click", () => {
        const link = element("a");
        link.href = URL.createObjectURL(new Blob(["\ufeff", asCsv(tables)], { type: "text/csv" }));
        link.download = `${name.toLowerCase().replace(/[^a-z0-9]+/g, "_").slice(0, 60)}.csv`;
        link.click();
        URL.revokeObjectURL(link.href);
    });
    place.append(button);
    tables.forEach((table) => {
        Array.from(table.tHead.rows[0].cells).forEach((head, column) => {
            if (head.querySelector("a")) return;
            const sort = element("button", undefined, "sort");
            sort.type = "button";
            sort.append(...head.childNodes);
            sort.addEventListener("click", () => sortBy(table, column));
            head.replaceChildren(sort);
        });
    });
}

/* Choosers: one of several tables or charts at a time. */
function setUpChooser(chooser) {
    const choices = all(":scope > [data-choice]", chooser);
    if (choices.length < 2) return;
    const label = document.createElement("label");
    const select = document.createElement("select");
    label.className = "chooser";
    label.append(chooser.dataset.chooser + " ", select);
    choices.forEach((choice) => select.add(new Option(choice.dataset.choice)));
    const show = () => {
        choices.forEach((choice, position) => {
            choice.classList.toggle("set-aside", position !== select.selectedIndex);
        });
    };
    select.addEventListener("change", show);
    chooser.prepend(label);
    show();
}

/* The form: elements are made and filled with text, never with markup from the data. */
function element(name, text, className) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
}
function shown(value) {
    return Number(value.toPrecision(4)).toString();
}
function range(value) {
    return value.toLocaleString("en-GB").replace("-", "−");
}
function describeMargin(margin) {
    if (margin < 0.05) return "on the border, so treat the answer with care";
    if (margin < 0.25) return "nearer to this segment, but not by much";
    return "clearly in this segment";
}

function answer(place, result, changes) {
    place.replaceChildren();
    if (!result.isScored) {
        const names = result.outside.map((feature) => feature.label).join(", ");
        place.append(element("p", `No segment can be told: the formula has no result for this value of ${names}.`));
        return;
    }
    place.append(element("h3", result.segment.name), element("p", result.segment.description || ""));
    place.append(
        element("p", `Margin ${result.margin.toFixed(2)} of 1: ${describeMargin(result.margin)}.`),
    );
    if (result.runnerUp) {
        const reasons = result.drivers.map((driver) => `${driver.feature.label} ${driver.level} the usual`);
        const why = reasons.length ? ` This segment and not that one, because of ${reasons.join(", ")}.` : "";
        place.append(element("p", `Next segment: ${result.runnerUp.name}.${why}`));
    }
    if (result.runnerUp) {
        const next = result.runnerUp.name;
        if (!changes.length) place.append(element("p", `No single figure would bring ${next}: several would have to change.`));
        else place.append(element("p", `It would be ${next}, all else the same, with one of these:`));
        const borders = element("ul", undefined, "changes");
        changes.forEach(({ feature, value, isUp }) => {
            borders.append(element("li", `${feature.label} ${shown(value)} or ${isUp ? "more" : "less"}`));
        });
        if (changes.length) place.append(borders);
    }
    if (result.imputed.length) {
        const names = result.imputed.map((feature) => feature.label).join(", ");
        place.append(element("p", `Left empty, so taken as the median: ${names}.`, "note"));
    }
    const list = element("ul", undefined, "actions");
    result.segment.actions.forEach((one) => {
        const item = element("li", `${one.team}: ${one.action} `);
        item.append(element("span", one.what_not_to_do || "", "not"));
        list.append(item);
    });
    if (list.children.length) place.append(element("h4", "What to do"), list);
}

function setUpForm(form) {
    const segmentation = scoring.find((one) => one.segmentation === form.dataset.segmentation);
    const inputs = all("input", form);
    const place = form.querySelector(".answer");
    /* what is wrong with a field, or nothing; a field left empty is imputed */
    const problem = (input, feature) => {
        const isEmpty = input.value.trim() === "" && !input.validity.badInput;
        if (isEmpty || isAllowed(feature, input.valueAsNumber)) return "";
        return `Write a number from ${range(feature.lowest)} to ${range(feature.highest)}.`;
    };
    form.addEventListener("submit", (event) => {
        event.preventDefault();
        const customer = {};
        const wrong = inputs.filter((input) => {
            const feature = segmentation.features.find((one) => one.name === input.name);
            const said = problem(input, feature);
            const place = document.getElementById(`${input.id}-problem`);
            place.textContent = said;
            if (said) input.setAttribute("aria-invalid", "true");
            else input.removeAttribute("aria-invalid");
            customer[input.name] = input.value.trim() === "" ? null : input.valueAsNumber;
            return said;
        });
        if (wrong.length) {
            const names = wrong.map((input) => form.querySelector(`label[for="${input.id}"]`).textContent);
            place.replaceChildren(element("p", `Not scored, because of ${names.join(", ")}.`));
            wrong[0].focus();
        } else if (Object.values(customer).every(isMissing)) {
            place.replaceChildren(element("p", "Not scored: fill in at least one figure."));
            inputs[0].focus();
        } else {
            const result = scoreCustomer(segmentation, customer);
            answer(place, result, changesToRunnerUp(segmentation, customer, result));
        }
    });
    form.querySelector("select").addEventListener("change", (event) => {
        const segment = segmentation.segments.find((one) => one.key === event.target.value);
        inputs.forEach((input) => {
            const value = segment ? segment.typical[input.name] : null;
            input.value = isMissing(value) ? "" : shown(value);
        });
    });
    form.hidden = false;
}

const scoring = data("scoring");
all("[data-chooser]").forEach(setUpChooser);
all("form[data-segmentation]").forEach(setUpForm);
all("[data-tools]").forEach(setUpTools);
all("details.level").forEach((details) => details.addEventListener("toggle", () => details.open && drawWithin(details)));
all(".readers").forEach((switcher) => (switcher.hidden = false));
const unfolder = element("button", "Unfold all");
unfolder.type = "button";
unfolder.addEventListener("click", unfold);
document.querySelector(".contents ol").append(element("li"));
document.querySelector(".contents li:last-child").append(unfolder);
window.addEventListener("hashchange", followAddress);
followAddress();
markPlace();
window.cardSegments = { scoring, scoreCustomer, changesToRunnerUp, unfold };
