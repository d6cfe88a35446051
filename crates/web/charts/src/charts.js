// Draws each table that asks for it as a chart beside itself. The table is the content and stands without this; nothing is
// fetched, nothing moves, and nothing is shown that the table does not say.
import { init, use } from 'echarts/core';
import { BarChart, LineChart } from 'echarts/charts';
import { AriaComponent, GridComponent } from 'echarts/components';
import { CanvasRenderer } from 'echarts/renderers';

use([BarChart, LineChart, AriaComponent, GridComponent, CanvasRenderer]);

/** Rows of a table: what the head of the row says, and its number; none where the cell has none. */
function rowsOf(table) {
  return [...table.tBodies[0].rows].flatMap(row => {
    const cell = row.querySelector('[data-value]');
    if (!cell) return [];
    const value = cell.dataset.value;
    return [{ name: row.cells[0].textContent.trim(), value: value === '' ? null : Number(value), far: 'far' in row.dataset }];
  });
}

/** Sizes and colours as the page has them, so that large print and paper are followed. */
function looksOf(place) {
  const style = getComputedStyle(place);
  return {
    size: Math.round(parseFloat(style.fontSize) * 0.85),
    font: style.fontFamily,
    ink: style.color,
    own: style.getPropertyValue('--chart').trim() || '#1c5a8a',
    line: style.getPropertyValue('--line').trim() || '#ccc',
  };
}

function optionOf(kind, rows, place) {
  const looks = looksOf(place);
  const lying = kind === 'rows';
  const text = { color: looks.ink, fontSize: looks.size, fontFamily: looks.font };
  const names = {
    type: 'category', data: rows.map(row => row.name), inverse: lying, axisTick: { show: false },
    axisLabel: { ...text, interval: lying ? 0 : 'auto', hideOverlap: true, width: lying ? place.clientWidth * 0.34 : undefined, overflow: 'truncate' },
    axisLine: { lineStyle: { color: looks.line } },
  };
  const values = {
    type: 'value', splitNumber: 4, axisLabel: { ...text, hideOverlap: true }, splitLine: { lineStyle: { color: looks.line } },
  };
  const series = {
    type: kind === 'line' ? 'line' : 'bar', data: rows.map(row => row.value), silent: true, color: looks.own,
    barMaxWidth: looks.size * 2, symbolSize: 7, connectNulls: false, lineStyle: { width: 2 },
    label: { show: rows.length <= 15, position: lying ? 'right' : 'top', ...text },
  };
  return {
    animation: false,
    aria: { enabled: true, label: { description: place.dataset.says } },
    grid: { left: 8, right: lying ? looks.size * 4 : 16, top: looks.size * 1.8, bottom: 4, containLabel: true },
    xAxis: lying ? values : names,
    yAxis: lying ? names : values,
    series: [series],
  };
}

for (const place of document.querySelectorAll('[data-chart]')) {
  const table = document.getElementById(place.dataset.of);
  const rows = table ? rowsOf(table) : [];
  if (rows.filter(row => row.value !== null).length < 2) {
    continue;
  }
  const chart = init(place, null, { renderer: 'canvas' });
  chart.setOption(optionOf(place.dataset.chart, rows, place));
  // The container is named by the description; what is inside is for the eye alone.
  place.setAttribute('role', 'img');
  new ResizeObserver(() => {
    chart.resize();
    chart.setOption(optionOf(place.dataset.chart, rows, place));
  }).observe(place);
}
