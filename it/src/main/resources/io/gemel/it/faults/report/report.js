// Draws the plots of a report from the JSON in the page. Everything else on the page is there without it.
(function () {
  'use strict';
  if (typeof echarts === 'undefined') {
    document.querySelectorAll('.nochart').forEach(function (note) {
      note.textContent = 'The plotting library was not there when this page was written; the tables say the same in numbers.';
    });
    return;
  }
  var run = JSON.parse(document.getElementById('run').textContent);
  var FONT = 'system-ui, -apple-system, "Segoe UI", "Liberation Sans", "DejaVu Sans", sans-serif';
  var INK = '#1f2328';
  var SOFT = '#59636e';
  var LEFT = 128;
  var RIGHT = 56;
  // Colours that differ for every kind of eye (after Okabe and Ito), and never the only difference.
  var OUTCOMES = {
    ok: {name: 'ok', color: '#0072b2', symbol: 'circle', size: 3, opacity: 0.45},
    fail: {name: 'failed', color: '#d98200', symbol: 'triangle', size: 8, opacity: 0.9},
    info: {name: 'unknown', color: '#9c1f63', symbol: 'diamond', size: 9, opacity: 0.9}
  };
  var NODES = ['#0072b2', '#d55e00', '#009e73', '#8a4fae', '#4d4d4d', '#b8860b', '#00808f', '#a3195b', '#5b7f00'];
  var DASHES = ['solid', 'dashed', 'dotted', [8, 3, 2, 3], [2, 2], [12, 3]];
  var SYMBOLS = ['circle', 'triangle', 'diamond', 'rect', 'emptyCircle', 'emptyTriangle', 'emptyDiamond', 'emptyRect'];
  var KINDS = {
    ready: ['#cdeadb', INK], restricted: ['#e3ecc0', INK], unready: ['#fbe2a0', INK], silent: ['#d5d9de', INK],
    dead: ['#57606a', '#ffffff'], leader: ['#0072b2', '#ffffff'], follower: ['#d6e8f4', INK],
    candidate: ['#f4bd83', INK], learner: ['#e4d8ee', INK], stopped: ['#d5d9de', INK], unknown: ['#f0f2f4', SOFT]
  };

  function seconds(ms) {
    return ms % 1000 === 0 ? ms / 1000 + ' s' : (ms / 1000).toFixed(ms < 10000 ? 2 : 1) + ' s';
  }

  function latency(micros) {
    return micros < 1000 ? micros + ' µs'
      : micros < 1e6 ? +(micros / 1000).toPrecision(3) + ' ms'
      : +(micros / 1e6).toPrecision(3) + ' s';
  }

  // ---- a stack of pictures over one axis of time ----

  function Stack(id) {
    this.element = document.getElementById(id);
    this.grids = [];
    this.x = [];
    this.y = [];
    this.series = [];
    this.titles = [];
    this.legend = [];
    this.top = 34;
  }

  /** Adds a picture; y is its axis. Its number is handed back. */
  Stack.prototype.row = function (height, title, y) {
    var place = this.grids.length;
    if (title) {
      this.top += 28;
      this.titles.push({text: title, left: this.grids.length === 0 ? 0 : LEFT - 5, top: this.top - 25,
        textStyle: {fontSize: 12.5, fontWeight: 600, color: INK, fontFamily: FONT}});
    }
    this.grids.push({left: LEFT, right: RIGHT, top: this.top, height: height});
    this.x.push({
      type: 'value', gridIndex: place, min: 0, max: run.endMs,
      axisLabel: {show: false}, axisTick: {show: false}, splitLine: {show: true, lineStyle: {color: '#eef1f4'}},
      axisLine: {onZero: false, lineStyle: {color: '#c4cad1'}},
      axisPointer: {show: true, type: 'line', label: {show: false}, lineStyle: {color: '#8c959f'}}
    });
    this.y.push(Object.assign({gridIndex: place}, y));
    this.top += height + 10;
    return place;
  };

  Stack.prototype.add = function (place, series) {
    this.series.push(Object.assign({xAxisIndex: place, yAxisIndex: place, animation: false}, series));
  };

  Stack.prototype.shade = function (place) {
    this.add(place, {
      type: 'custom', silent: true, z: 0, tooltip: {show: false}, clip: true,
      data: run.faults.map(function (fault) { return [fault.fromMs, fault.toMs]; }),
      encode: {x: [0, 1]},
      renderItem: function (params, api) {
        var area = params.coordSys;
        var from = Math.max(area.x, api.coord([api.value(0), 0])[0]);
        var to = Math.min(area.x + area.width, api.coord([api.value(1), 0])[0]);
        return to < from ? null : {
          type: 'rect', shape: {x: from, y: area.y, width: Math.max(1, to - from), height: area.height},
          style: {fill: 'rgba(110,119,129,0.13)'}
        };
      }
    });
  };

  /** Rows of labelled segments [from, to, lane, label, kind]. */
  Stack.prototype.lanes = function (names, segments, colours, laneHeight, title) {
    var place = this.row(names.length * laneHeight, title, {
      type: 'category', inverse: true, data: names, axisTick: {show: false}, axisLine: {show: false},
      axisLabel: {color: INK, fontFamily: FONT, fontSize: 11.5, width: LEFT - 12, overflow: 'truncate', interval: 0},
      splitLine: {show: true, lineStyle: {color: '#eef1f4'}}
    });
    this.add(place, {
      type: 'custom', clip: true, encode: {x: [0, 1], y: 2}, data: segments.map(function (s) { return s.slice(0, 3); }),
      tooltip: {trigger: 'item', formatter: function (p) {
        var s = segments[p.dataIndex];
        return text(names[s[2]] + ': ' + s[3]) + '<br>' + seconds(s[0]) + ' – ' + seconds(s[1]);
      }},
      renderItem: function (params, api) {
        var segment = segments[params.dataIndex];
        var area = params.coordSys;
        var from = api.coord([segment[0], segment[2]]);
        var to = api.coord([segment[1], segment[2]]);
        var height = laneHeight - 5;
        var left = Math.max(area.x, from[0]);
        var right = Math.min(area.x + area.width, to[0]);
        if (right < left) {
          return null;
        }
        var colour = colours(segment);
        var width = Math.max(2, right - left);
        var y = from[1] - height / 2;
        var next = segment[5] === undefined ? area.x + area.width
          : Math.min(area.x + area.width, api.coord([segment[5], segment[2]])[0]);
        var inside = width > 30;
        var room = inside ? width - 8 : next - right - 8;
        var parts = [{type: 'rect', shape: {x: left, y: y, width: width, height: height, r: 2},
          style: {fill: colour[0], stroke: colour[2] || 'rgba(31,35,40,0.25)', lineWidth: 0.6}}];
        if (room > 22 && segment[3]) {
          parts.push({type: 'text', silent: true, style: {
            text: segment[3], x: inside ? left + 4 : right + 4, y: from[1], textVerticalAlign: 'middle',
            fill: inside ? colour[1] : INK, font: '11px ' + FONT, width: room, overflow: 'truncate', ellipsis: '…'}});
        }
        return {type: 'group', children: parts};
      }
    });
    return place;
  };

  Stack.prototype.faults = function () {
    var names = [];
    var segments = [];
    if (run.phases.length > 0) {
      names.push('phase');
      run.phases.forEach(function (phase) {
        segments.push([phase.fromMs, phase.toMs, 0, phase.name, 'phase', phase.toMs]);
      });
    }
    var last = {};
    run.faults.slice().sort(function (a, b) { return a.fromMs - b.fromMs; }).forEach(function (fault) {
      var lane = names.indexOf(fault.name);
      if (lane < 0) {
        lane = names.push(fault.name) - 1;
      }
      var segment = [fault.fromMs, fault.toMs, lane, fault.target || fault.name, 'fault', undefined];
      if (last[lane]) {
        last[lane][5] = fault.fromMs;
      }
      last[lane] = segment;
      segments.push(segment);
    });
    if (names.length > 0) {
      this.lanes(names, segments, function (segment) {
        return segment[4] === 'phase' ? ['#eef1f4', SOFT] : ['#aab2bb', INK, '#57606a'];
      }, names.length > 8 ? 17 : 20, 'Faults');
    }
  };

  Stack.prototype.lines = function (height, title, curves, more) {
    if (!curves.some(function (c) { return c.points.some(function (p) { return p[1] >= 0; }); })) {
      return;
    }
    var stack = this;
    var place = this.row(height, title, Object.assign(plain(), more && more.axis));
    this.shade(place);
    curves.forEach(function (curve, i) {
      stack.add(place, {
        name: curve.name, type: 'line', symbol: 'none', step: more && more.step ? 'end' : false, connectNulls: false,
        data: curve.points.map(function (p) { return [p[0], p[1] < 0 ? null : p[1]]; }),
        lineStyle: {width: 1.7, type: DASHES[i % DASHES.length], color: NODES[i % NODES.length]},
        areaStyle: more && more.area ? {opacity: 0.15} : undefined,
        itemStyle: {color: NODES[i % NODES.length]},
        tooltip: {show: false}
      });
    });
  };

  Stack.prototype.draw = function (renderer, tooltip) {
    var times = {show: true, color: SOFT, fontFamily: FONT, formatter: seconds, hideOverlap: true, showMaxLabel: false};
    Object.assign(this.x[0], {position: 'top', axisLabel: times, axisTick: {show: true}});
    if (this.x.length > 1) {
      Object.assign(this.x[this.x.length - 1], {axisLabel: times, axisTick: {show: true}});
    }
    this.element.textContent = '';
    this.element.style.height = this.top + 58 + 'px';
    var chart = echarts.init(this.element, null, {renderer: renderer,
      devicePixelRatio: Math.max(2, window.devicePixelRatio || 1)});
    var all = this.x.map(function (axis, i) { return i; });
    chart.setOption({
      animation: false, textStyle: {fontFamily: FONT}, title: this.titles, grid: this.grids, xAxis: this.x, yAxis: this.y,
      legend: this.legend, axisPointer: {link: [{xAxisIndex: 'all'}]},
      tooltip: Object.assign({trigger: 'item', confine: true, textStyle: {fontSize: 12, fontFamily: FONT}}, tooltip),
      dataZoom: [
        {type: 'slider', xAxisIndex: all, filterMode: 'none', height: 18, bottom: 6, left: LEFT, right: RIGHT,
          showDataShadow: false, labelFormatter: function (value) { return seconds(Math.round(value)); }},
        {type: 'inside', xAxisIndex: all, filterMode: 'none', zoomOnMouseWheel: 'ctrl', moveOnMouseMove: false}
      ],
      series: this.series
    });
    charts.push(chart);
  };

  function plain() {
    return {type: 'value', min: 0, minInterval: 1, splitNumber: 3, axisLabel: {color: SOFT, fontFamily: FONT, hideOverlap: true},
      splitLine: {lineStyle: {color: '#eef1f4'}}, axisLine: {show: false}, axisTick: {show: false}};
  }

  function logarithmic(values) {
    var least = Infinity;
    var most = 1;
    values.forEach(function (value) {
      least = Math.min(least, value);
      most = Math.max(most, value);
    });
    return {type: 'log', min: Math.pow(10, Math.floor(Math.log10(Math.min(least, most)))),
      max: Math.pow(10, Math.ceil(Math.log10(most))), axisLine: {show: false}, axisTick: {show: false},
      axisLabel: {color: SOFT, fontFamily: FONT, formatter: latency, hideOverlap: true},
      splitLine: {lineStyle: {color: '#eef1f4'}}};
  }

  function nodeLegend() {
    return {top: 4, right: RIGHT, itemWidth: 30, itemHeight: 10, textStyle: {color: INK, fontFamily: FONT},
      data: run.nodes.term.map(function (curve) { return curve.name; })};
  }

  function text(data) {
    return echarts.format.encodeHTML(data);
  }

  // ---- the pictures ----

  var charts = [];

  function traffic() {
    var stack = new Stack('chart-traffic');
    var every = [];
    stack.faults();
    run.traffic.facets.forEach(function (facet) {
      Object.keys(OUTCOMES).forEach(function (key) {
        facet[key].forEach(function (point) { every.push(point[1]); });
      });
    });
    run.traffic.facets.forEach(function (facet) {
      var place = stack.row(run.traffic.facets.length > 4 ? 100 : 130, facet.op, logarithmic(every));
      stack.shade(place);
      Object.keys(OUTCOMES).forEach(function (key) {
        var outcome = OUTCOMES[key];
        stack.add(place, {
          name: outcome.name, type: 'scatter', progressive: 0, symbol: outcome.symbol, symbolSize: outcome.size,
          data: facet[key], itemStyle: {color: outcome.color, opacity: outcome.opacity}, z: key === 'ok' ? 2 : 3,
          tooltip: {formatter: function (p) {
            return text(facet.op) + ', ' + outcome.name + '<br>at ' + seconds(p.value[0]) + ': ' + latency(p.value[1]);
          }}
        });
      });
    });
    var rate = stack.row(120, 'completed per second', plain());
    stack.shade(rate);
    stack.add(rate, {
      type: 'custom', clip: true, encode: {x: 0, y: [1, 2, 3]}, z: 2,
      data: run.traffic.rates.ok.map(function (ok, i) {
        var fail = ok + run.traffic.rates.fail[i];
        return [i * run.traffic.binMs, ok, fail, fail + run.traffic.rates.info[i]];
      }),
      tooltip: {formatter: function (p) {
        return 'at ' + seconds(p.value[0]) + ', per second<br>' + p.value[1] + ' ok<br>' + (p.value[2] - p.value[1]) +
          ' failed<br>' + (p.value[3] - p.value[2]) + ' unknown';
      }},
      renderItem: bars
    });
    stack.legend = {top: 4, right: RIGHT, itemWidth: 14, itemHeight: 10, textStyle: {color: INK, fontFamily: FONT},
      data: Object.keys(OUTCOMES).map(function (key) {
        return {name: OUTCOMES[key].name, icon: OUTCOMES[key].symbol, itemStyle: {color: OUTCOMES[key].color, opacity: 1}};
      })};
    stack.draw('canvas');
  }

  /** One bin: what ended well at the bottom, then what failed, then what is unknown. */
  function bars(params, api) {
    var children = [];
    var from = api.coord([api.value(0), 0]);
    var to = api.coord([Math.min(run.endMs, api.value(0) + run.traffic.binMs), 0])[0];
    var below = from[1];
    Object.keys(OUTCOMES).forEach(function (key, i) {
      var above = api.coord([0, api.value(i + 1)])[1];
      if (above < below) {
        children.push({type: 'rect', shape: {x: from[0], y: above, width: Math.max(1, to - from[0] - 0.6), height: below - above},
          style: {fill: OUTCOMES[key].color, opacity: key === 'ok' ? 0.55 : 1}});
      }
      below = above;
    });
    return {type: 'group', children: children};
  }

  function nodes() {
    var stack = new Stack('chart-nodes');
    var names = run.nodes.lanes.map(function (lane) { return lane.node + ' ' + lane.name; });
    var segments = [];
    run.nodes.lanes.forEach(function (lane, i) {
      lane.segments.forEach(function (s) { segments.push([s.fromMs, s.toMs, i, s.label, s.kind, s.toMs]); });
    });
    stack.faults();
    stack.lanes(names, segments, function (segment) { return KINDS[segment[4]] || KINDS.unknown; }, 22, 'State and role');
    stack.legend = nodeLegend();
    stack.lines(70, 'Raft term', run.nodes.term, {step: true, axis: {min: 'dataMin', max: 'dataMax'}});
    stack.lines(70, 'threads', run.nodes.threads);
    stack.lines(70, 'open files', run.nodes.files);
    stack.lines(70, 'memory, MiB', run.nodes.memoryMiB);
    stack.draw('svg');
  }

  function agreement() {
    var stack = new Stack('chart-agreement');
    stack.faults();
    stack.legend = nodeLegend();
    stack.lines(60, 'origins on which nodes differ', run.agreement.disagreeing, {step: true, area: true});
    stack.lines(80, 'ephemeral entries that differ from their writer\'s, at least', run.agreement.differing, {step: true});
    stack.lines(80, 'instances listed', run.agreement.instances, {step: true});
    stack.lines(80, 'entries behind in the Raft log', run.agreement.behind, {step: true});
    stack.draw('svg');
  }

  function watchers() {
    var lanes = run.watchers.lanes;
    var stack = new Stack('chart-watchers');
    var height = lanes.length > 8 ? 26 : 34;
    stack.faults();
    var place = stack.row(lanes.length * height, 'instances shown', {
      type: 'category', inverse: true, data: lanes.map(function (lane) { return lane.name + '\n' + lane.service; }),
      axisTick: {show: false}, axisLine: {show: false}, splitLine: {show: true, lineStyle: {color: '#d8dee4'}},
      axisLabel: {interval: 0, color: INK, fontSize: 10.5, lineHeight: 12, fontFamily: FONT, width: LEFT - 10, overflow: 'truncate'}
    });
    stack.shade(place);
    stack.add(place, {
      type: 'custom', clip: false, data: lanes.map(function (lane, i) { return [0, i]; }), encode: {x: 0, y: 1},
      tooltip: {show: false},
      renderItem: function (params, api) { return lane(lanes[params.dataIndex], params, api, height); }
    });
    var lags = Object.keys(run.watchers.lags);
    if (lags.length > 0) {
      var every = [];
      lags.forEach(function (name) { run.watchers.lags[name].forEach(function (point) { every.push(point[1]); }); });
      stack.legend = {type: 'scroll', top: 4, right: RIGHT, left: LEFT + 200, itemWidth: 12, itemHeight: 9,
        textStyle: {color: INK, fontFamily: FONT}, data: lags};
      var lag = stack.row(110, 'from registering to being shown', logarithmic(every));
      stack.shade(lag);
      lags.forEach(function (name, i) {
        stack.add(lag, {
          name: name, type: 'scatter', progressive: 0, symbol: SYMBOLS[i % SYMBOLS.length], symbolSize: 6,
          data: run.watchers.lags[name],
          itemStyle: {color: NODES[i % NODES.length], opacity: 0.55},
          tooltip: {formatter: function (p) { return text(name) + '<br>at ' + seconds(p.value[0]) + ': ' + latency(p.value[1]); }}
        });
      });
    }
    stack.draw('canvas');
  }

  function lane(shown, params, api, height) {
    var area = params.coordSys;
    var middle = api.coord([0, params.dataIndex])[1];
    var bottom = middle + height / 2 - 3;
    var room = height - 10;
    var line = [];
    shown.points.forEach(function (point) {
      var x = api.coord([point[0], params.dataIndex])[0];
      if (line.length > 0) {
        line.push([x, line[line.length - 1][1]]);
      }
      line.push([x, bottom - room * point[1] / Math.max(1, shown.most)]);
    });
    if (line.length > 0) {
      line.push([area.x + area.width, line[line.length - 1][1]]);
    }
    var children = [
      {type: 'polyline', shape: {points: line}, style: {stroke: '#0072b2', lineWidth: 1.2, fill: 'none'}},
      {type: 'text', style: {text: 'max ' + shown.most, x: area.x + area.width + 4, y: middle, textVerticalAlign: 'middle',
        fill: SOFT, font: '10.5px ' + FONT}}
    ];
    shown.empty.forEach(function (at) {
      var x = api.coord([at, params.dataIndex])[0];
      children.push({type: 'polygon', shape: {points: [[x - 4, bottom + 2], [x + 4, bottom + 2], [x, bottom - 6]]},
        style: {fill: '#b00020'}});
    });
    return {type: 'group', children: children};
  }

  var pictures = {
    'chart-traffic': traffic, 'chart-nodes': nodes, 'chart-agreement': agreement, 'chart-watchers': watchers
  };
  Object.keys(pictures).forEach(function (id) {
    if (document.getElementById(id)) {
      pictures[id]();
    }
  });
  // Dragged or zoomed in one, all show the same stretch of time.
  charts.forEach(function (chart) { chart.group = 'run'; });
  echarts.connect('run');
  // For paper: the drawing as it is, scaled to the page.
  document.querySelectorAll('.chart svg').forEach(function (svg) {
    svg.setAttribute('viewBox', '0 0 ' + svg.getAttribute('width') + ' ' + svg.getAttribute('height'));
  });
  window.addEventListener('resize', function () { charts.forEach(function (chart) { chart.resize(); }); });
}());
