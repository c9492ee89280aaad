/* Draws the tables of the page Ledelse as plots. The tables stay, one tap away; without this file they stand open.
   A plot shows what its table says and nothing else: it is drawn from the cells. */
(function () {
  "use strict";
  if (!window.Chart) return;

  var style = getComputedStyle(document.documentElement);
  function colour(name) { return style.getPropertyValue(name).trim(); }
  var series = [
    { colour: colour("--accent"), pale: colour("--accent-tint"), dash: [], point: "circle" },
    { colour: colour("--baton"), pale: colour("--baton-tint"), dash: [6, 4], point: "rectRot" }
  ];
  var suffix = { percent: " %", days: "", count: "" };
  var ROW = 34, LINE = 18, FRAME = 90, NARROW = 420; // pixels

  window.Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  window.Chart.defaults.font.size = 14;
  window.Chart.defaults.color = colour("--ink");

  function numbers(cells) {
    return cells.map(function (cell) { return cell.hasAttribute("data-value") ? Number(cell.dataset.value) : null; });
  }
  function isBound(cell) { return cell.hasAttribute("data-bound"); }

  function datasetOf(label, cells, look, isLine) {
    var fills = cells.map(function (cell) { return isBound(cell) ? (isLine ? "#fff" : look.pale) : look.colour; });
    var set = {
      label: capital(label),
      data: numbers(cells), borderColor: look.colour, backgroundColor: isLine ? look.colour : fills, words: cells.map(function (cell) { return cell.textContent.trim(); })
    };
    return Object.assign(set, isLine
      ? { borderDash: look.dash, pointStyle: look.point, pointBackgroundColor: fills, pointRadius: 5, pointHoverRadius: 7, borderWidth: 2 }
      : { borderWidth: 1, maxBarThickness: 18 });
  }

  function draw(part) {
    var table = part.querySelector("table"), isLine = part.dataset.plot === "line", unit = part.dataset.unit;
    var rows = Array.from(table.tBodies[0].rows).filter(function (row) { return !row.hasAttribute("data-total"); });
    var heads = Array.from(table.tHead.rows[0].cells).slice(1);
    var sets = heads.map(function (head, place) {
      var cells = rows.map(function (row) { return row.cells[place + 1]; });
      return datasetOf(head.textContent.trim(), cells, series[place % series.length], isLine);
    });
    if (!sets.some(function (set) { return set.data.some(function (value) { return value !== null; }); })) {
      part.querySelector("[data-fold]").open = false; // nothing but words: one tap away, like the others
      return;
    }

    var canvas = document.createElement("canvas"), frame = document.createElement("div");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", table.caption.textContent.trim());
    frame.className = "plot";
    frame.appendChild(canvas);
    var fold = part.querySelector("[data-fold]");
    part.insertBefore(frame, fold);

    var value = {
      beginAtZero: true, max: unit === "percent" ? 100 : undefined,
      grid: { color: colour("--line") },
      ticks: { precision: 0, stepSize: unit === "percent" ? 20 : undefined, maxRotation: 0, callback: function (tick) { return tick + suffix[unit]; } }
    };
    var names = { grid: { display: false }, ticks: { autoSkip: isLine } };
    var full = rows.map(function (row) { return row.cells[0].textContent.trim(); });
    var most = isLine ? 12 : part.clientWidth < NARROW ? 17 : 28; // letters
    var labels = full.map(function (name, place) {
      var lines = wrap(name, most);
      var isHidden = sets.every(function (set) { return set.data[place] === null; });
      return isHidden && !isLine ? lines.concat(sets[0].words[place]) : lines;
    });
    if (!isLine) {
      var lines = Math.max.apply(null, labels.map(function (label) { return label.length; }));
      frame.style.height = FRAME + rows.length * Math.max(ROW * sets.length * 0.8, ROW, LINE * lines + 4) + "px";
    }
    new window.Chart(canvas, {
      type: isLine ? "line" : "bar",
      data: { labels: labels, datasets: sets },
      options: {
        animation: false, responsive: true, maintainAspectRatio: false, indexAxis: isLine ? "x" : "y",
        scales: isLine ? { x: names, y: value } : { x: value, y: names },
        plugins: {
          legend: { display: sets.length > 1, labels: { usePointStyle: true } },
          tooltip: { callbacks: {
            title: function (items) { return capital(full[items[0].dataIndex]); },
            label: function (item) { return " " + item.dataset.label + ": " + item.dataset.words[item.dataIndex]; }
          } }
        }
      }
    });
    fold.open = false;
  }

  function capital(label) { return label.charAt(0).toUpperCase() + label.slice(1); }
  /* At most two lines of so many letters. */
  function wrap(label, most) {
    var lines = [];
    capital(label).split(" ").forEach(function (word) {
      var last = lines.length - 1;
      if (last >= 0 && (lines[last] + " " + word).length <= most) lines[last] += " " + word;
      else lines.push(word.length > most ? word.slice(0, most - 1) + "…" : word);
    });
    return lines.length > 2 ? [lines[0], lines[1] + " …"] : lines;
  }

  document.querySelectorAll("[data-plot]").forEach(draw);
})();
