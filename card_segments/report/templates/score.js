/* Scores a customer with the published parameters, as SQL does (macro score_customers_sql): impute, clip,
   transform, standardise, measure the distance to each centre; the lowest number wins a tie. */

function transformed(feature, value) {
    switch (feature.transform) {
        case "log1p":
            return Math.log(1 + value);
        case "signed_log1p":
            return Math.sign(value) * Math.log(1 + Math.abs(value));
        case "yeo_johnson": {
            const lambda = feature.lambda;
            if (value >= 0) {
                return lambda === 0 ? Math.log(1 + value) : (Math.pow(1 + value, lambda) - 1) / lambda;
            }
            return lambda === 2
                ? -Math.log(1 - value)
                : -(Math.pow(1 - value, 2 - lambda) - 1) / (2 - lambda);
        }
        default:
            return value;
    }
}

/* the value of a feature that stands at a transformed one */
function untransformed(feature, value) {
    switch (feature.transform) {
        case "log1p":
            return Math.exp(value) - 1;
        case "signed_log1p":
            return Math.sign(value) * (Math.exp(Math.abs(value)) - 1);
        case "yeo_johnson": {
            const lambda = feature.lambda;
            if (value >= 0) {
                return lambda === 0 ? Math.exp(value) - 1 : Math.pow(lambda * value + 1, 1 / lambda) - 1;
            }
            return lambda === 2
                ? 1 - Math.exp(-value)
                : 1 - Math.pow(1 - (2 - lambda) * value, 1 / (2 - lambda));
        }
        default:
            return value;
    }
}

function isMissing(value) {
    return value === null || value === undefined || Number.isNaN(value);
}

function standardised(feature, given) {
    let value = isMissing(given) ? feature.median : given;
    if (isMissing(value)) return NaN;
    if (!isMissing(feature.lower)) value = Math.max(value, feature.lower);
    if (!isMissing(feature.upper)) value = Math.min(value, feature.upper);
    return (transformed(feature, value) - feature.mean) / feature.standard_deviation;
}

/* how far from the usual, in standard deviations, as the macro difference_in_words says it */
function level(difference) {
    const size = Math.abs(difference);
    if (size < 0.2) return "about";
    const side = difference > 0 ? "above" : "below";
    return size >= 0.8 ? `far ${side}` : size >= 0.5 ? side : `slightly ${side}`;
}

/* segmentation: one entry of the page's data; customer: feature name -> number or null */
function scoreCustomer(segmentation, customer) {
    const places = segmentation.features.map((feature) => standardised(feature, customer[feature.name]));
    const distances = segmentation.segments
        .map((segment) => {
            const squares = segmentation.features.reduce((sum, feature, position) => {
                const apart = places[position] - segment.centroid[feature.name];
                return sum + (feature.weight === 0 ? 0 : feature.weight * (apart * apart));
            }, 0);
            return { segment, distance: Math.sqrt(squares) };
        })
        .sort((one, other) => one.distance - other.distance || one.segment.number - other.segment.number);
    const [nearest, next] = distances;
    /* what each feature adds to the squared distance to the runner-up less that to the segment */
    const contributions = segmentation.features.map((feature, position) => {
        if (!next || feature.weight === 0) return 0;
        const [own, other] = [nearest, next].map((one) => places[position] - one.segment.centroid[feature.name]);
        return feature.weight * (other * other - own * own);
    });
    return {
        /* false where a formula has no result, as the logarithm of a negative number: then nothing is near */
        isScored: Number.isFinite(nearest.distance),
        outside: segmentation.features.filter(
            (feature, position) => feature.weight !== 0 && !Number.isFinite(places[position] * places[position]),
        ),
        segment: nearest.segment,
        distance: nearest.distance,
        runnerUp: next ? next.segment : null,
        drivers: segmentation.features
            .map((feature, position) => ({
                feature,
                contribution: contributions[position],
                level: level(places[position]),
            }))
            .filter((driver) => driver.contribution > 0)
            .sort((one, other) => other.contribution - one.contribution)
            .slice(0, 3),
        margin: next && next.distance > 0 ? (next.distance - nearest.distance) / next.distance : 0,
        imputed: segmentation.features.filter((feature) => isMissing(customer[feature.name])),
    };
}

/* The first readable values beyond a border: whole cards or calls, three digits of anything else. */
function beyond(border, isUp, unit) {
    const digits = Math.pow(10, Math.floor(Math.log10(Math.abs(border) || 1)) - 2);
    const step = ["share", "0 to 1", "percent", "percent a year", "ratio"].includes(unit) ? digits : Math.max(1, digits);
    const first = isUp ? Math.ceil(border / step) : Math.floor(border / step);
    /* on the border itself the segment with the lower number wins */
    return [first, first + (isUp ? 1 : -1)].map((steps) => Number((steps * step).toPrecision(6)));
}

/*
Which single figures, changed alone, would bring the customer to the runner-up, the smallest change first. The
difference of the squared distances is linear in where a feature stands, so each has one border.
*/
function changesToRunnerUp(segmentation, customer, result) {
    if (!result.isScored || !result.runnerUp) return [];
    const next = result.runnerUp;
    const places = segmentation.features.map((feature) => standardised(feature, customer[feature.name]));
    const gap = segmentation.features.reduce((sum, feature, position) => {
        if (feature.weight === 0) return sum;
        const [own, other] = [result.segment, next].map((one) => places[position] - one.centroid[feature.name]);
        return sum + feature.weight * (other * other - own * own);
    }, 0);
    return segmentation.features
        .map((feature, position) => {
            const apart = next.centroid[feature.name] - result.segment.centroid[feature.name];
            if (feature.weight === 0 || apart === 0) return null;
            const shift = gap / (2 * feature.weight * apart);
            const place = (places[position] + shift) * feature.standard_deviation + feature.mean;
            const value = beyond(untransformed(feature, place), shift > 0, feature.unit).find((one) => {
                if (!isAllowed(feature, one)) return false;
                const changed = scoreCustomer(segmentation, { ...customer, [feature.name]: one });
                return changed.isScored && changed.segment.key === next.key;
            });
            return value === undefined ? null : { feature, value, isUp: shift > 0, size: Math.abs(shift) };
        })
        .filter(Boolean)
        .sort((one, other) => one.size - other.size)
        .slice(0, 3);
}

function isAllowed(feature, value) {
    return Number.isFinite(value) && value >= feature.lowest && value <= feature.highest;
}
