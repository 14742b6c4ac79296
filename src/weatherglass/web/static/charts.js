// Charts from the facts that the page carries. Drawn on a canvas with words of the canvas: nothing is put into the
// page as markup, whatever an account is called.
(() => {
  "use strict";
  const drawn = [];
  const css = (name, element = document.documentElement) => getComputedStyle(element).getPropertyValue(name).trim();

  // days and months as they are written elsewhere on the page; any other label as it is
  const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const when = (label) => {
    const found = /^(\d{4})-(\d\d)(?:-(\d\d))?$/.exec(label);
    if (!found) return label;
    const month = `${months[Number(found[2]) - 1]} ${found[1]}`;
    return found[3] ? `${Number(found[3])} ${month}` : month;
  };

  const look = (rank) => {
    const probe = document.createElement("span");
    probe.className = rank === null ? "tx" : `t${rank}`;
    document.body.append(probe);
    const colour = css("--fill", probe);
    probe.remove();
    return colour;
  };

  const theme = () => ({
    ink: css("--ink"), quiet: css("--quiet"), line: css("--line"), accent: css("--accent"), surface: css("--surface"),
    faint: css("--faint"), edge: css("--edge"),
  });

  const base = (colours) => ({
    animation: false,
    textStyle: { fontFamily: css("--sans"), color: colours.quiet },
    grid: { left: 8, right: 16, top: 20, bottom: 8, containLabel: true },
    tooltip: {
      trigger: "axis", renderMode: "richText", confine: true, backgroundColor: colours.surface,
      borderColor: colours.line, textStyle: { color: colours.ink, fontSize: 12 }, axisPointer: { type: "shadow", shadowStyle: { color: colours.faint, opacity: 0.6 } },
    },
  });

  const axis = (colours, more) => ({
    axisLine: { lineStyle: { color: colours.line } }, axisTick: { show: false },
    axisLabel: { color: colours.quiet, fontSize: 11, hideOverlap: true }, splitLine: { lineStyle: { color: colours.faint } }, ...more,
  });

  const decal = (rank) => (rank === null ? { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [2, 5], rotation: Math.PI / 4 } : undefined);

  const kinds = {
    // one series a tier, stacked
    stack: (facts, colours) => ({
      ...base(colours),
      legend: { top: 0, left: 0, icon: "roundRect", itemWidth: 10, itemHeight: 10, textStyle: { color: colours.quiet } },
      grid: { left: 8, right: 16, top: 32, bottom: 8, containLabel: true },
      xAxis: axis(colours, { type: "category", data: facts.labels.map(when) }),
      yAxis: axis(colours, { type: "value" }),
      series: facts.series.map((one) => ({
        type: "bar", stack: "all", name: one.name, data: one.values, barCategoryGap: facts.close ? "8%" : "35%",
        itemStyle: { color: look(one.rank), borderColor: colours.surface, borderWidth: facts.close ? 0 : 1, decal: decal(one.rank) },
      })),
    }),
    bars: (facts, colours) => ({
      ...base(colours),
      legend: facts.series.length > 1 ? { top: 0, left: 0, itemWidth: 10, itemHeight: 10, textStyle: { color: colours.quiet } } : undefined,
      grid: { left: 8, right: 16, top: facts.series.length > 1 ? 32 : 16, bottom: 8, containLabel: true },
      xAxis: axis(colours, { type: "category", data: facts.labels.map(when) }),
      yAxis: axis(colours, { type: "value", minInterval: facts.whole ? 1 : undefined }),
      series: facts.series.map((one, at) => ({
        type: "bar", name: one.name, data: one.values, barCategoryGap: "25%",
        itemStyle: { color: at === facts.series.length - 1 ? colours.accent : colours.edge },
      })),
    }),
    lines: (facts, colours) => ({
      ...base(colours),
      legend: facts.series.length > 1 ? { top: 0, left: 0, itemWidth: 14, itemHeight: 8, textStyle: { color: colours.quiet } } : undefined,
      grid: { left: 8, right: 16, top: 32, bottom: 8, containLabel: true },
      xAxis: axis(colours, { type: "category", data: facts.labels.map(when) }),
      yAxis: axis(colours, { type: "value", min: 0, max: 100 }),
      series: facts.series.map((one, at) => ({
        type: "line", name: one.name, data: one.values, connectNulls: true, symbol: ["circle", "rect", "triangle", "diamond"][at % 4], symbolSize: 7,
        lineStyle: { width: 2, type: ["solid", "dashed", "dotted"][at % 3], color: at % 2 ? colours.quiet : colours.accent },
        itemStyle: { color: at % 2 ? colours.quiet : colours.accent },
      })),
    }),
    trajectory: (facts, colours) => ({
      ...base(colours),
      tooltip: { ...base(colours).tooltip, axisPointer: { type: "line", lineStyle: { color: colours.quiet } },
        formatter: (points) => {
          const at = points[0];
          const marks = facts.marks.filter((one) => one.day === facts.days[at.dataIndex]).map((one) => one.text);
          const value = facts.scores[at.dataIndex];
          return [`${at.axisValue}: ${value === null ? "unscored" : value.toFixed(1)}${facts.tiers[at.dataIndex] ? `, ${facts.tiers[at.dataIndex]}` : ""}`, ...marks].join("\n");
        } },
      grid: { left: 8, right: 70, top: 16, bottom: 34, containLabel: true },
      dataZoom: [{ type: "inside", zoomOnMouseWheel: false, moveOnMouseMove: false }],
      xAxis: axis(colours, { type: "category", data: facts.days.map(when), boundaryGap: false }),
      yAxis: axis(colours, { type: "value", min: 0, max: 100, interval: 25 }),
      series: [{
        type: "line", data: facts.scores, showSymbol: false, lineStyle: { color: colours.accent, width: 2 }, itemStyle: { color: colours.accent },
        markLine: {
          silent: true, symbol: "none", label: { position: "end", color: colours.quiet, fontSize: 11, formatter: "{b}" },
          lineStyle: { color: colours.edge, type: "dashed", width: 1 }, data: facts.lines.map((one) => ({ yAxis: one.at, name: one.name })),
        },
      }, {
        type: "scatter", data: facts.marks.map((one) => ({ value: [when(one.day), one.at], name: one.text })), symbolSize: 9,
        symbol: (value, point) => facts.shapes[facts.marks[point.dataIndex].kind] || "circle",
        itemStyle: { color: colours.surface, borderColor: colours.ink, borderWidth: 1.5 }, tooltip: { show: false },
      }],
    }),
    // from one total over ups and downs to another
    waterfall: (facts, colours) => {
      const steps = facts.steps;
      return {
        ...base(colours),
        grid: { left: 8, right: 44, top: 8, bottom: 8, containLabel: true },
        tooltip: { ...base(colours).tooltip, formatter: (points) => { const one = steps[points[0].dataIndex]; return `${when(one.name)}: ${one.text}`; } },
        xAxis: axis(colours, { type: "value", scale: true, min: facts.low, max: facts.high, interval: facts.high - facts.low > 40 ? 20 : facts.high - facts.low > 15 ? 5 : undefined }),
        yAxis: axis(colours, { type: "category", inverse: true, data: steps.map((one) => when(one.name)), axisLabel: { color: colours.quiet, fontSize: 11, width: 130, overflow: "truncate" } }),
        series: [
          { type: "bar", stack: "all", silent: true, itemStyle: { color: "transparent" }, data: steps.map((one) => one.from) },
          {
            type: "bar", stack: "all", barCategoryGap: "30%",
            data: steps.map((one) => ({ value: one.size, itemStyle: { color: one.total ? colours.edge : one.down ? look(0) : look(facts.best) } })),
            label: { show: true, position: "right", color: colours.ink, fontSize: 11, formatter: (point) => steps[point.dataIndex].text },
          },
        ],
      };
    },
  };

  const draw = (root) => {
    for (const place of root.querySelectorAll(".chart")) {
      const source = place.parentElement.querySelector("script.chart-facts");
      if (!source || place.dataset.drawn) continue;
      const facts = JSON.parse(source.textContent);
      const made = echarts.init(place, null, { renderer: "canvas" });
      place.dataset.drawn = "yes";
      const paint = () => made.setOption(kinds[facts.kind](facts, theme()), true);
      paint();
      drawn.push({ place, made, paint });
      if (facts.kind === "trajectory") spans(place, made, facts);
    }
  };

  const spans = (place, made, facts) => {
    const bar = place.parentElement.querySelector("[data-spans]");
    if (!bar) return;
    const show = (weeks) => {
      const all = facts.days.length;
      const days = Math.min(all, weeks * 7 + 1);
      made.dispatchAction({ type: "dataZoom", startValue: all - days, endValue: all - 1 });
      for (const button of bar.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button.value === String(weeks)));
    };
    bar.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) show(Number(button.value));
    });
    show(12);
  };

  const again = () => { for (const one of drawn) if (one.place.isConnected) one.made.resize(); };
  addEventListener("resize", again);
  addEventListener("beforeprint", again);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { for (const one of drawn) if (one.place.isConnected) one.paint(); });
  document.addEventListener("DOMContentLoaded", () => draw(document));
  if (document.readyState !== "loading") draw(document);
  for (const name of ["htmx:after:swap", "htmx:after:process", "htmx:after:settle"]) document.addEventListener(name, () => draw(document));
})();
