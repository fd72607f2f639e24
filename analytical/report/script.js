(function () {
  "use strict";
  var DAY = 86400, MONTH = 30 * DAY, YEAR = 365 * DAY; // as the library counts the steps of an axis
  var EVERY = 5000, PATIENCE = 60000; // milliseconds between refreshes, and for one of them
  var MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  var WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
  var root = document.documentElement;
  var byId = function (id) { return document.getElementById(id); };
  var all = function (selector) { return Array.from(document.querySelectorAll(selector)); };

  // Colours: those of the system until the button says otherwise.
  var system = window.matchMedia("(prefers-color-scheme: dark)");
  var themeButton = byId("theme");
  function isDark() {
    var chosen = root.getAttribute("data-theme");
    return chosen ? chosen === "dark" : system.matches;
  }
  function showTheme() {
    themeButton.setAttribute("aria-pressed", String(isDark()));
    if (chart) chart.redraw(false, true);
  }
  function chooseTheme() {
    var theme = isDark() ? "light" : "dark";
    root.setAttribute("data-theme", theme);
    try { localStorage.setItem("analytical-theme", theme); } catch (error) { /* for this page only */ }
    showTheme();
  }

  // The chart.
  var plot = byId("plot"), readout = byId("chart-readout"), buttons = all("[data-series]");
  var names = buttons.map(function (button) { return button.getAttribute("data-series"); });
  var data = readData(document), chart = null, whole = readout.textContent, drawn = null;

  function readData(from) { return JSON.parse(from.getElementById("data").textContent); }
  function lines() { return [data.days].concat(names.map(function (name) { return data[name]; })); }
  function color(name) {
    return function () { return getComputedStyle(root).getPropertyValue(name).trim(); };
  }
  function grouped(value) { return value.toLocaleString("en"); }
  function dayText(seconds) {
    var date = new Date(seconds * 1000);
    return WEEKDAYS[date.getUTCDay()] + " " + date.getUTCDate() + " " + MONTHS[date.getUTCMonth()] +
      " " + date.getUTCFullYear();
  }
  function tick(seconds, step) {
    var date = new Date(seconds * 1000), year = date.getUTCFullYear(), month = date.getUTCMonth();
    if (step >= YEAR) return String(year);
    if (step >= MONTH) return month ? MONTHS[month] : MONTHS[month] + " " + year;
    return date.getUTCDate() + " " + MONTHS[month];
  }
  function line(name) {
    return {
      label: name, points: { show: data.days.length < 32 ? undefined : false }, stroke: color("--" + name), fill: color("--" + name + "-fill"), width: 2,
      dash: name === "events" ? [2, 4] : name === "pageviews" ? [7, 3] : undefined
    };
  }
  function axis(label, more) {
    return Object.assign({
      label: label, labelSize: 20, labelFont: "12px system-ui, sans-serif", font: "12px system-ui, sans-serif",
      stroke: color("--quiet"), grid: { stroke: color("--line"), width: 1 }, ticks: { show: false }
    }, more);
  }
  function options() {
    return {
      width: plot.clientWidth, height: plot.clientHeight, padding: [10, 18, 0, 0],
      tzDate: function (seconds) { return uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"); },
      legend: { show: false },
      cursor: { y: false, drag: { x: true, y: false, dist: 5 }, points: { size: 9 } },
      scales: {
        x: { range: function (u, min, max) {
          return min === max ? [min - DAY / 2, max + DAY / 2] : [min, max];
        } },
        y: { range: function (u, min, max) { return [0, max > 0 ? max * 1.08 : 1]; } }
      },
      series: [{}].concat(names.map(line)),
      axes: [
        axis("Day (UTC)", {
          size: 28, space: 52, values: function (u, splits, at, space, step) {
            return splits.map(function (value) { return tick(value, step); });
          },
          incrs: [1, 2, 3, 5, 7, 14, 21, 28].map(function (days) { return days * DAY; }).concat(
            [1, 2, 3, 4, 6].map(function (months) { return months * MONTH; }),
            [1, 2, 5, 10].map(function (years) { return years * YEAR; }))
        }),
        axis("Number a day", {
          size: 52, incrs: wholeSteps(), values: function (u, splits) { return splits.map(grouped); }
        })
      ],
      hooks: { setCursor: [showCursor], setScale: [showZoom] }
    };
  }
  function wholeSteps() {
    var steps = [];
    for (var power = 1; power < 1e12; power *= 10) steps.push(power, 2 * power, 5 * power);
    return steps;
  }
  function showCursor(u) {
    var at = u.cursor.idx, inside = u.cursor.left >= 0 && at !== null && at !== undefined;
    readout.textContent = inside ? dayText(data.days[at]) : whole;
    var words = inside ? [dayText(data.days[at])] : [whole];
    buttons.forEach(function (button, index) {
      var value = button.querySelector("b");
      value.textContent = inside ? grouped(data[names[index]][at]) : value.getAttribute("data-total");
      words.push(value.textContent + " " + names[index]);
    });
    plot.setAttribute("aria-valuenow", String(inside ? at + 1 : data.days.length));
    plot.setAttribute("aria-valuetext", words.join(", "));
  }

  // Zoom: by dragging (the library), by buttons, by keys.
  var zooms = byId("zooms");
  function ends() { return [data.days[0], data.days[data.days.length - 1]]; }
  function zoomTo(min, max) {
    var limits = ends();
    min = Math.max(limits[0], min);
    max = Math.min(limits[1], max);
    if (max - min >= DAY || limits[0] === limits[1]) chart.setScale("x", { min: min, max: max });
  }
  function zoomBy(factor) {
    var scale = chart.scales.x, at = chart.cursor.idx, limits = ends();
    if (limits[0] === limits[1]) return;
    var middle = chart.cursor.left >= 0 ? data.days[at] : (scale.min + scale.max) / 2;
    var half = Math.max((scale.max - scale.min) * factor, DAY) / 2;
    // At an end of the period there is more to see on the other side.
    var shift = Math.max(limits[0] - middle + half, 0) + Math.min(limits[1] - middle - half, 0);
    zoomTo(middle - half + shift, middle + half + shift);
  }
  function isZoomed() {
    var limits = ends(), scale = chart && chart.scales.x;
    return Boolean(scale) && scale.min !== null && (scale.min > limits[0] || scale.max < limits[1]);
  }
  function zoomButton(days, text) {
    var button = document.createElement("button");
    button.type = "button";
    button.textContent = text;
    button.setAttribute("data-days", String(days));
    button.addEventListener("click", function () {
      var limits = ends();
      zoomTo(days ? limits[1] - (days - 1) * DAY : limits[0], limits[1]);
    });
    zooms.appendChild(button);
  }
  function makeZooms() {
    zooms.textContent = "";
    [7, 30, 90, 365].forEach(function (days) {
      if (days < data.days.length) zoomButton(days, "Last " + days);
    });
    zoomButton(0, "All days");
  }
  function showZoom() {
    var limits = ends(), scale = chart ? chart.scales.x : { min: limits[0], max: limits[1] };
    all("#zooms button").forEach(function (button) {
      var days = Number(button.getAttribute("data-days"));
      var start = days ? limits[1] - (days - 1) * DAY : limits[0];
      var shown = days || isZoomed() ? scale.min === start && scale.max === limits[1] : true;
      button.setAttribute("aria-pressed", String(shown));
    });
  }
  function move(to) {
    var scale = chart.scales.x, index = Math.max(0, Math.min(data.days.length - 1, to));
    var time = data.days[index], half = (scale.max - scale.min) / 2;
    if (time < scale.min) zoomTo(time, time + 2 * half);
    if (time > scale.max) zoomTo(time - 2 * half, time);
    window.requestAnimationFrame(function () {
      chart.setCursor({ left: chart.valToPos(time, "x"), top: 1 });
    });
  }
  var KEYS = {
    ArrowLeft: function (at) { move(at - 1); }, ArrowRight: function (at) { move(at + 1); },
    ArrowDown: function (at) { move(at - 1); }, ArrowUp: function (at) { move(at + 1); },
    Home: function () { move(0); }, End: function () { move(data.days.length - 1); },
    "+": function () { zoomBy(0.5); }, "=": function () { zoomBy(0.5); },
    "-": function () { zoomBy(2); }, "0": function () { zoomTo(ends()[0], ends()[1]); }
  };
  function pressed(event) {
    var act = KEYS[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act(chart.cursor.left >= 0 && chart.cursor.idx !== null ? chart.cursor.idx : data.days.length);
  }
  function toggle(event) {
    var button = event.currentTarget, show = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(show));
    chart.setSeries(buttons.indexOf(button) + 1, { show: show });
  }
  function resize() {
    var size = plot.clientWidth + "x" + plot.clientHeight;
    if (size === drawn || !plot.clientWidth) return;
    drawn = size;
    chart.setSize({ width: plot.clientWidth, height: plot.clientHeight });
  }
  function start() {
    makeZooms();
    chart = new uPlot(options(), lines(), plot);
    window.analyticalChart = chart; // for those who look at it by the console
    showZoom();
    new ResizeObserver(resize).observe(plot);
    plot.addEventListener("keydown", pressed);
    buttons.forEach(function (button) { button.addEventListener("click", toggle); });
    themeButton.addEventListener("click", chooseTheme);
    system.addEventListener("change", showTheme);
    showTheme();
    window.addEventListener("beforeprint", function () { chart.redraw(false, true); });
  }

  // Live: the page asks for itself again, and takes over what is new.
  var state = byId("live-state"), pause = byId("pause"), timer = null;
  function say(text, kind) {
    if (state.textContent !== text) state.textContent = text;
    document.body.classList.toggle("failing", kind === "failing");
    document.body.classList.toggle("paused", kind === "paused");
  }
  function isPaused() { return pause.getAttribute("aria-pressed") === "true"; }
  function later() {
    clearTimeout(timer);
    if (!isPaused()) timer = setTimeout(refresh, EVERY);
  }
  function refresh() {
    if (document.hidden) return later();
    var control = new AbortController();
    var limit = setTimeout(function () { control.abort(); }, PATIENCE);
    fetch(location.href, { cache: "no-store", credentials: "same-origin", signal: control.signal })
      .then(function (answer) {
        return answer.text().then(function (text) {
          if (!answer.ok) throw new Error(text.slice(0, 200));
          if (!isPaused()) { takeOver(new DOMParser().parseFromString(text, "text/html")); say("live", ""); }
        });
      })
      .catch(function () { if (!isPaused()) say("not reachable, trying again", "failing"); })
      .then(function () { clearTimeout(limit); later(); });
  }
  function takeOver(fresh) {
    all("[data-part]").forEach(function (part) {
      var other = fresh.getElementById(part.id), focused = document.activeElement;
      if (!other || other.innerHTML === part.innerHTML) return;
      var at = part.contains(focused) ? Array.from(part.querySelectorAll("a")).indexOf(focused) : -1;
      part.replaceChildren.apply(part, Array.from(other.childNodes).map(function (node) {
        return document.importNode(node, true);
      }));
      var again = part.querySelectorAll("a")[at];
      if (again) again.focus();
    });
    byId("period").textContent = fresh.getElementById("period").textContent;
    document.title = fresh.title;
    takeOverData(fresh);
  }
  function takeOverData(fresh) {
    var text = fresh.getElementById("data").textContent, held = byId("data");
    if (text === held.textContent) return;
    var zoomed = isZoomed(), days = data.days.length;
    held.textContent = text;
    data = readData(document);
    whole = fresh.getElementById("chart-readout").textContent;
    buttons.forEach(function (button, index) {
      var other = fresh.querySelector('[data-series="' + names[index] + '"] b');
      if (other) button.querySelector("b").setAttribute("data-total", other.getAttribute("data-total"));
    });
    plot.setAttribute("aria-valuemax", String(data.days.length));
    if (days !== data.days.length) makeZooms();
    chart.setData(lines(), !zoomed);
    if (zoomed) chart.redraw(true, true);
    showCursor(chart);
    showZoom();
  }
  function live() {
    pause.addEventListener("click", function () {
      var paused = !isPaused();
      pause.setAttribute("aria-pressed", String(paused));
      say(paused ? "paused" : "live", paused ? "paused" : "");
      if (paused) clearTimeout(timer); else refresh();
    });
    document.addEventListener("visibilitychange", function () {
      if (!document.hidden && !isPaused()) { clearTimeout(timer); refresh(); }
    });
    later();
  }

  start();
  if (document.body.hasAttribute("data-live")) live();
})();
