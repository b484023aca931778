// Works out each offer's profit and its interval where the sliders stand, from what stands beside it in the page.
document.querySelectorAll("section.whatif:not([data-ready])").forEach(section => {
  section.dataset.ready = "yes";
  const data = JSON.parse(section.querySelector("script[type='application/json']").textContent);
  const find = selector => section.querySelector(selector), knobs = [...section.querySelectorAll("input")];
  const sum = (some, others) => some.reduce((total, each, i) => total + each * others[i], 0);
  const over = (one, other) => other > 0 ? one / other : 0;
  // Products of n weights, in the order in which a form's coefficients are written.
  const products = (weights, n) => n ? weights.flatMap((each, i) => products(weights.slice(i), n - 1).map(rest => each * rest)) : [1];
  const form = (coefficients, weights, n) => sum(coefficients, products(weights, n));

  // The quantile of a studentised estimate that is skewed (Hall 1992), where a normal one has z.
  function quantile(z, skewness) {
    if (z * skewness < 0) return z - skewness * (2 * z * z + 1) / 6;
    const shifted = z - skewness / 6, root = Math.cbrt(1 + skewness * shifted);
    return shifted * z > 0 ? 3 * shifted / (root * root + root + 1) : 0;
  }

  // Profit, low and high of an offer if a share had come back anyway; null: as measured, or gross without a control group.
  function profitOf(known, i, cost, contact, share) {
    const offer = data.offers[i], [value, paid] = known.mean[i], measured = share === null && data.control;
    const pull = known.worth ? 0 : over(share, data.share[i]), own = over(value, data.share[i]);
    const weights = [1 - pull, -cost, pull * own].slice(0, data.axes);
    const pool = measured ? known.none.pool : known.pool;
    const scale = over(form(pool[1], weights, 3), form(pool[0], weights, 2));
    let profit = value - cost * paid - contact, variance = Math.max(form(known.spread[i], weights, 2), 0), length = scale / offer.n;
    if (measured) {
      const one = offer.back / offer.n ** 2, none = data.control.back / data.control.n ** 2;
      length = scale * over(one / offer.n - none / data.control.n, one + none);
      profit -= known.none.value;
      variance += known.none.variance - 2 * sum(known.none.together[i], weights);
    } else {
      const [worth, error] = known.worth || [own, 0], more = (share * error) ** 2;
      profit -= share * worth;
      length *= over(variance, variance + more);
      variance += more;
    }
    const error = Math.sqrt(variance), skewness = over(length, error);
    return [profit, profit - error * quantile(data.reach, skewness), profit - error * quantile(-data.reach, skewness)];
  }

  function figuresAt(at) {
    const known = data.known[at.horizon_months][at.annual_discount], cost = data.cost[at.cost], contact = data.contact_cost[at.contact_cost];
    const [least, middle, most] = data.organic[at.organic] || [null, null, null];
    return data.offers.map((offer, i) => {
      const [low, mid, high] = [least, middle, most].map(share => profitOf(known, i, cost, contact, share));
      return { offer, place: i, profit: mid[0], low: Math.min(low[1], high[1]), high: Math.max(low[2], high[2]) };
    }).sort((one, other) => other.profit - one.profit);
  }

  function unsureAt(at) {
    const { sets, width, shares, at: places } = data.unsure, share = shares > 1 ? at.organic : 0;
    const step = ((at.horizon_months * data.known[0].length + at.annual_discount) * data.cost.length + at.cost) * shares + share;
    return sets[parseInt(places.slice(step * width, (step + 1) * width), 36)];
  }

  // Money of one sentence or column alike: no cents where one amount is 100 or more.
  function money(amounts) {
    const digits = amounts.some(amount => +Math.abs(amount).toFixed(2) >= 100) ? 0 : 2;
    return amounts.map(amount => {
      const size = Math.abs(amount);
      if (size > 1e-9 && size < 10 ** -digits - 1e-9) return amount < 0 ? "just below 0" : data.tiny[digits ? 1 : 0];
      const number = size.toFixed(digits);
      return (amount < 0 && +number ? "-" : "") + data.currency + number.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
    });
  }

  function verdict(found, unsure, gross) {
    const [first, second] = found, name = first.offer.name;
    const [profit, low, high] = money([first.profit, first.low, first.high]);
    const earns = `${profit}${gross ? " gross" : ""} per customer [${low}, ${high}]`;
    if (first.high < 0) return `No offer pays: even the best, ${name}, loses money, ${earns}.`;
    if (first.low <= 0) return `No offer is shown to pay: the best, ${name}, earns ${earns}, which includes zero.`;
    const ahead = second ? money([first.profit - second.profit])[0] : "";
    const anyway = gross ? " Whether sending any pays is not known." : "";
    if (unsure.length) return `${[name, ...unsure].join(", ").replace(/, ([^,]*)$/, " and $1")} are not clearly different: ${name} is ahead with ${earns}, but not beyond chance.${anyway}`;
    return `${name[0].toUpperCase()}${name.slice(1)} earns ${second ? "most, " : ""}${earns}${second ? `: ${ahead} more than ${second.offer.name}, beyond chance` : ""}.${anyway}`;
  }

  function element(kind, parent, text = "", look = {}) {
    const made = parent.appendChild(Object.assign(document.createElement(kind), { textContent: text }));
    Object.assign(made.style, look);
    return made;
  }

  function draw() {
    const at = { ...data.start };
    knobs.forEach(knob => {
      at[knob.name] = +knob.value;
      const text = data.texts[knob.name][knob.value];
      knob.setAttribute("aria-valuetext", text);
      knob.previousElementSibling.textContent = text;
    });
    const found = figuresAt(at), unsure = unsureAt(at), texts = money(found.flatMap(each => [each.profit, each.low, each.high]));
    find(".verdict").textContent = verdict(found, found.filter(each => unsure.includes(each.place)).map(each => each.offer.name), !data.organic[at.organic] && !data.control);
    const least = Math.min(0, ...found.map(each => each.low)), most = Math.max(0, ...found.map(each => each.high));
    const percent = amount => `${100 * (amount - least) / (most - least || 1)}%`, wide = (low, high) => `${100 * (high - low) / (most - least || 1)}%`;
    find(".bars").replaceChildren();
    found.forEach((each, rank) => {
      const row = element("li", find(".bars")), [profit, low, high] = texts.slice(3 * rank);
      element("span", row, each.offer.name);
      const track = element("i", row);
      element("b", track, "", { left: percent(Math.min(0, each.profit)), width: wide(Math.min(0, each.profit), Math.max(0, each.profit)), background: each.offer.colour });
      element("u", track, "", { left: percent(each.low), width: wide(each.low, each.high) });
      element("s", track, "", { left: percent(0) });
      const figure = element("data", row, profit);
      element("small", row, `[${low}, ${high}]`);
      Object.assign(figure, { value: each.profit.toFixed(4) }).dataset.ends = `${each.low.toFixed(4)} ${each.high.toFixed(4)}`;
    });
  }

  knobs.forEach(knob => knob.addEventListener("input", draw));
  find("button").addEventListener("click", () => { knobs.forEach(knob => { knob.value = data.start[knob.name]; }); draw(); });
  section.querySelectorAll("[hidden]").forEach(each => { each.hidden = false; });
  find(".without-script").classList.add("beside-script");
  draw();
});
