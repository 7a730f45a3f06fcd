
"use strict";
// Filters, the table of flows (rows are made when they are needed), pictures of their paths, copying, dark and light.
const data = JSON.parse(document.getElementById("data").textContent);
const rowsAtOnce = 100;
const byId = (id) => document.getElementById(id);
const text = (number) => data.texts[number];

function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children.filter((child) => child !== null));
  return made;
}

function layers(stack, className) {
  return stack.split(":").filter(Boolean).map((layer) => element("span", className, layer));
}

function hop([, name, kind, state, latency, outer, inner, broken, last, ...changed]) {
  const stack = [...layers(text(outer), "outer"), ...layers(text(inner), "")];
  return element(
    "li", `hop ${text(kind)}`,
    text(latency) ? element("span", "latency", text(latency)) : null,
    element("strong", "", text(name)),
    element("span", "state", text(state)),
    text(broken) ? element("span", "broken", `breaks ${text(broken)}`) : null,
    last ? element("span", "last", "last seen here") : null,
    stack.length ? element("span", "stack", ...stack) : null,
    changed.length ? element("ul", "", ...changed.map((each) => element("li", "", text(each)))) : null,
  );
}

function picture(cards) {
  const path = element("ol", "path");
  let hops = null;
  cards.forEach((card, number) => {
    if (number === 0 || cards[number - 1][0] !== card[0]) {
      hops = element("ol", "hops");
      path.append(element("li", "node", element("h4", "", text(card[0])), hops));
    }
    hops.append(hop(card));
  });
  return path;
}

function details(flow) {
  const cell = element("td", "");
  cell.colSpan = 8;
  if (text(flow[8])) cell.append(element("p", "facts", `NAT ${text(flow[8])}`));
  [["forward", flow[9]], ["backward", flow[10]]].forEach(([title, path]) => {
    if (data.paths[path].length) cell.append(element("h4", "", title), picture(data.paths[path]));
  });
  return element("tr", "", cell);
}

function toggleDetails(button, row, flow) {
  const open = button.getAttribute("aria-expanded") === "true";
  if (open) row.nextSibling.remove();
  else row.after(details(flow));
  button.setAttribute("aria-expanded", String(!open));
}

function flowRow(flow) {
  const button = element("button", "", flow[0]);
  button.type = "button";
  button.setAttribute("aria-expanded", "false");
  const cells = [text(flow[1]), text(flow[2]), text(flow[3]), flow[4].toLocaleString("en"), flow[5]];
  const row = element(
    "tr", "", element("td", "", button), ...cells.map((cell) => element("td", "", cell)),
    element("td", flow[6] ? "lost-count" : "", flow[6].toLocaleString("en")), element("td", "", flow[7]),
  );
  button.addEventListener("click", () => toggleDetails(button, row, flow));
  return row;
}

const FAILED = new Set(["unanswered", "refused", "reset", "stalled"]);
const words = (flow) => [flow[0], text(flow[1]), text(flow[2]), text(flow[3]), text(flow[8])].join(" ").toLowerCase();
const searchable = data.flows.map(words);
let shown = [];

function showFlows() {
  const wanted = byId("find-flows").value.trim().toLowerCase();
  const onlyLost = byId("only-lost").checked;
  shown = data.flows.filter((flow, row) => searchable[row].includes(wanted) && (flow[6] || FAILED.has(text(flow[1])) || !onlyLost));
  byId("flow-table").tBodies[0].replaceChildren();
  byId("flows-shown").textContent = `${shown.length.toLocaleString("en")} shown`;
  moreFlows();
}

function moreFlows() {
  const body = byId("flow-table").tBodies[0];
  const start = body.querySelectorAll("button").length;
  body.append(...shown.slice(start, start + rowsAtOnce).map(flowRow));
  byId("more").hidden = start + rowsAtOnce >= shown.length;
}

function showFindings() {
  const wanted = byId("find-findings").value.trim().toLowerCase();
  let count = 0;
  document.querySelectorAll("#findings tbody tr").forEach((row) => {
    row.hidden = !row.textContent.toLowerCase().includes(wanted);
    count += row.hidden ? 0 : 1;
  });
  byId("findings-shown").textContent = `${count} shown`;
}

async function copy(button) {
  const code = button.previousElementSibling;
  try {
    await navigator.clipboard.writeText(code.textContent);
    button.textContent = "copied";
  } catch {
    getSelection().selectAllChildren(code); // no clipboard for pages from a file: selected for Ctrl-C
  }
}

function toggleTheme() {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
}

function focusFilter(event) {
  if (event.key !== "/" || /^(INPUT|TEXTAREA)$/.test(event.target.tagName)) return;
  event.preventDefault();
  byId("find-flows").focus();
}

function takeFilterFromAddress() {
  const wanted = new URLSearchParams(location.hash.slice(1)).get("q");
  if (wanted === null) return;
  byId("find-flows").value = wanted;
  if (byId("find-findings")) byId("find-findings").value = wanted;
}

function start() {
  takeFilterFromAddress();
  byId("find-flows").addEventListener("input", showFlows);
  byId("only-lost").addEventListener("change", showFlows);
  byId("more").addEventListener("click", moreFlows);
  byId("theme").addEventListener("click", toggleTheme);
  document.addEventListener("keydown", focusFilter);
  document.querySelectorAll(".copy").forEach((button) => button.addEventListener("click", () => copy(button)));
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((each) => { each.open = true; }));
  showFlows();
  if (byId("find-findings")) {
    byId("find-findings").addEventListener("input", showFindings);
    showFindings();
  }
  new IntersectionObserver((seen) => { if (seen[0].isIntersecting) moreFlows(); }).observe(byId("more"));
}

start();
