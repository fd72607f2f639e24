// The vendors' SDKs for npm: each sends one hit. Run in a process of its own, with facts as JSON on stdin:
//
//     node node_clients.js FOLDER_OF_NODE_MODULES SDK pageview|event http://127.0.0.1:PORT
'use strict';

const { createRequire } = require('module');
const { pathToFileURL } = require('url');
const dns = require('dns');
const fs = require('fs');
const path = require('path');

const [folder, sdk, kind, url] = process.argv.slice(2);
const facts = JSON.parse(fs.readFileSync(0, 'utf8'));
const load = createRequire(path.join(folder, 'index.js'));
const isPage = kind === 'pageview';

// No SDK finds the internet, whatever it has in mind: names are not looked up.
dns.lookup = (name, options, callback) => (callback || options)(new Error('no names here: ' + name));

// What the SDKs for browsers find there: the page the visitor is on.
function browser() {
  globalThis.location = new URL(facts.url);
  globalThis.document = {
    referrer: facts.referrer, visibilityState: 'visible', documentElement: {}, body: {},
    addEventListener() {}, hasFocus: () => true,
  };
  globalThis.innerWidth = 1920;
  globalThis.innerHeight = 1080;
  globalThis.scrollY = 0;
  globalThis.addEventListener = () => {};
  globalThis.localStorage = {};
  globalThis.ResizeObserver = class { observe() {} };
  globalThis.window = globalThis;
  if (!globalThis.navigator) globalThis.navigator = {};
  // Browsers name themselves, and a proxy on the way adds the address.
  const visitor = { 'User-Agent': facts.user_agent, 'X-Forwarded-For': facts.user_ip };
  const send = globalThis.fetch;
  globalThis.fetch = (target, options) =>
    send(target, { ...options, headers: { ...options.headers, ...visitor } });
  globalThis.XMLHttpRequest = class {
    open(method, target) { this.method = method; this.target = target; this.headers = {}; }
    setRequestHeader(name, value) { this.headers[name] = value; }
    send(body) { fetch(this.target, { method: this.method, headers: this.headers, body }); }
  };
}

function segmentCall() {
  const page = {
    url: facts.url, referrer: facts.referrer, title: facts.title, path: facts.path,
    search: facts.search,
  };
  const shared = {
    userId: facts.user_id, anonymousId: facts.client_id, timestamp: new Date(facts.timestamp * 1000),
    context: {
      ip: facts.user_ip, userAgent: facts.user_agent, locale: facts.language, page,
    },
  };
  return isPage
    ? { name: facts.name, properties: page, ...shared }
    : { event: facts.name, properties: facts.properties, ...shared };
}

const clients = {
  '@umami/node': async () => {
    const { Umami } = load('@umami/node');
    const client = new Umami({
      websiteId: facts.account, hostUrl: url, userAgent: facts.user_agent,
    });
    const payload = {
      hostname: facts.site, url: facts.url, referrer: facts.referrer, title: facts.title,
      language: facts.language, screen: facts.screen_resolution, ip: facts.user_ip,
      id: facts.user_id, timestamp: facts.timestamp,
    };
    await client.track(isPage ? payload : { ...payload, name: facts.name, data: facts.properties });
  },

  'matomo-tracker': async () => {
    const Matomo = load('matomo-tracker');
    const client = new Matomo(Number(facts.account), url + '/matomo.php');
    const hit = {
      apiv: 1, url: facts.url, urlref: facts.referrer, action_name: facts.title,
      _id: facts.client_id, uid: facts.user_id, ua: facts.user_agent, lang: facts.language,
      res: facts.screen_resolution, cip: facts.user_ip, token_auth: facts.token,
      cdt: facts.timestamp, send_image: 0,
    };
    const event = { e_c: facts.category, e_a: facts.action, e_n: facts.label, e_v: facts.value, ca: 1 };
    client.track(isPage ? hit : { ...hit, ...event });
  },

  '@segment/analytics-node': async () => {
    const { Analytics } = load('@segment/analytics-node');
    const client = new Analytics({
      writeKey: facts.account, host: url, flushAt: 1, maxRetries: 0,
    });
    client[isPage ? 'page' : 'track'](segmentCall());
    await client.closeAndFlush();
  },

  'posthog-node': async () => {
    const { PostHog } = load('posthog-node');
    const client = new PostHog(facts.account, { host: url, flushAt: 1, disableGeoip: false });
    const properties = {
      $current_url: facts.url, $host: facts.site, $pathname: facts.path,
      $referrer: facts.referrer, $referring_domain: facts.referring_domain, $ip: facts.user_ip,
      $raw_user_agent: facts.user_agent, title: facts.title,
    };
    client.capture({
      distinctId: facts.client_id, event: isPage ? '$pageview' : facts.name,
      properties: isPage ? properties : { ...properties, ...facts.properties },
      timestamp: new Date(facts.timestamp * 1000),
    });
    await client.shutdown();
  },

  '@plausible-analytics/tracker': async () => {
    browser();
    const file = path.join(folder, 'node_modules', '@plausible-analytics', 'tracker', 'plausible.js');
    const source = fs.readFileSync(file);
    // A module by its text: node would go by the nearest package.json, which older ones misread.
    const { init, track } = await import('data:text/javascript;base64,' + source.toString('base64'));
    init({ domain: facts.account, endpoint: url + '/api/event', autoCapturePageviews: false });
    await new Promise((callback) => isPage
      ? track('pageview', { callback })
      : track(facts.name, { callback, props: facts.properties }));
  },

  'plausible-tracker': async () => {
    browser();
    const Plausible = load('plausible-tracker').default;
    const client = Plausible({ domain: facts.account, apiHost: url });
    if (isPage) client.trackPageview();
    else client.trackEvent(facts.name, { props: facts.properties });
  },

  'pirsch-sdk': async () => {
    const { Pirsch } = load('pirsch-sdk');
    const client = new Pirsch({
      hostname: facts.site, baseUrl: url, accessToken: facts.access_key, protocol: 'https',
    });
    const hit = {
      url: facts.url, ip: facts.user_ip, user_agent: facts.user_agent, title: facts.title,
      referrer: facts.referrer, accept_language: facts.language,
      screen_width: 1920, screen_height: 1080,
    };
    const time = new Date(facts.timestamp * 1000);
    if (isPage) await client.batchHits([{ ...hit, time }]);
    else await client.batchEvents([{ name: facts.name, meta: facts.properties, hit, time }]);
  },

  'universal-analytics': async () => {
    const universal = load('universal-analytics');
    const client = universal(facts.account, facts.client_id, {
      hostname: url, uid: facts.user_id,
    });
    const shared = {
      dl: facts.url, dt: facts.title, dr: facts.referrer, uip: facts.user_ip, ua: facts.user_agent,
      ul: facts.language, sr: facts.screen_resolution,
    };
    const event = { ec: facts.category, ea: facts.action, el: facts.label, ev: facts.value };
    await new Promise((resolve, reject) => (isPage
      ? client.pageview(shared)
      : client.event({ ...shared, ...event })
    ).send((error) => (error ? reject(error) : resolve())));
  },
};

clients[sdk]().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
