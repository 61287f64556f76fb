'use strict';

// A naming client of the npm package nacos that does what it is asked for over HTTP: node client.js SERVERS, separated by commas.

const http = require('http');
const { NacosNamingClient } = require('nacos');

const heard = new Map();
const client = new NacosNamingClient({
  logger: { debug() {}, info() {}, warn: console.error, error: console.error },
  serverList: process.argv[2].split(','),
  namespace: 'public',
});

const listeners = new Map();

function addresses(instances) {
  return instances.map(instance => instance.ip + ':' + instance.port).sort();
}

function instance(query) {
  return {
    ip: query.get('ip'),
    port: Number(query.get('port')),
    ephemeral: query.get('ephemeral') !== 'false',
    metadata: { zone: 'node' },
  };
}

const actions = {
  register: query => client.registerInstance(query.get('service'), instance(query)),
  deregister: query => client.deregisterInstance(query.get('service'), instance(query)),
  subscribe: async query => {
    const service = query.get('service');
    listeners.set(service, instances => heard.set(service, addresses(instances)));
    client.subscribe(service, listeners.get(service));
  },
  unsubscribe: async query => client.unSubscribe(query.get('service'), listeners.get(query.get('service'))),
  heard: async query => heard.get(query.get('service')) || [],
  all: async query => addresses(await client.getAllInstances(query.get('service'), 'DEFAULT_GROUP', '', false)),
  healthy: async query => addresses(await client.selectInstances(query.get('service'), 'DEFAULT_GROUP', '', true, false)),
  status: () => client.getServerStatus(),
};

const server = http.createServer(async (request, response) => {
  const url = new URL(request.url, 'http://localhost');
  try {
    const answer = await actions[url.pathname.substring(1)](url.searchParams);
    response.end(JSON.stringify(answer === undefined ? 'done' : answer));
  } catch (e) {
    response.statusCode = 500;
    response.end(String(e.stack));
  }
});

client.ready().then(() =>
  server.listen(0, '127.0.0.1', () => console.log('serving at ' + server.address().port)));
