import { createServer } from 'node:http';
import merge from 'lodash/merge.js';

const defaults = { currency: 'EUR', pageSize: 20 };

createServer((request, response) => {
  const settings = merge({}, defaults, Object.fromEntries(new URL(request.url, 'http://shop').searchParams));
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ service: 'demo-shop', settings }));
}).listen(Number(process.env.PORT ?? 8080));
