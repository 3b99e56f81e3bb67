/* Charts, choosers and the form. Without JavaScript everything but charts and form is there to read. */

const data = (id) => JSON.parse(document.getElementById(id).textContent);
const all = (selector, within = document) => Array.from(within.querySelectorAll(selector));

const specifications = data("charts");
function drawChart(place) {
    return vegaEmbed(place, specifications[place.dataset.chart], { actions: false, renderer: "svg" }).catch(() => {
        /* one chart that cannot be drawn does not take the others with it */
        place.replaceChildren(element("p", "This chart could not be drawn; its figures are in the tables."));
        return null;
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

/* Paper shows everything; what choosers set aside is shown by the style sheet. */
function unfold() {
    all("details").forEach((details) => (details.open = true));
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
function describeMargin(margin) {
    if (margin < 0.05) return "on the border, so treat the answer with care";
    if (margin < 0.25) return "nearer to this segment, but not by much";
    return "clearly in this segment";
}

function answer(place, result) {
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
    form.addEventListener("submit", (event) => {
        event.preventDefault();
        const customer = {};
        inputs.forEach((input) => {
            customer[input.name] = input.value.trim() === "" ? null : input.valueAsNumber;
        });
        answer(place, scoreCustomer(segmentation, customer));
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
window.addEventListener("beforeprint", unfold);
window.cardSegments = { scoring, scoreCustomer, ready: Promise.all(all(".chart").map(drawChart)).then((drawn) => drawn.filter(Boolean)) };
