// Stands in for the abandoned `request` package: ari-client only asks it "does this URL answer?".
// A deadline is set, because a silent server would otherwise never call back.
const http = require('node:http');
module.exports = (options, callback) => {
  const target = typeof options === 'string' ? options : (options.url ?? options.uri);
  const probe = http.get(target, { timeout: 3000 }, (response) => {
    response.resume();
    callback(null, response, '');
  });
  probe.on('timeout', () => probe.destroy(new Error(`no answer from ${target} in 3 s`)));
  probe.on('error', (error) => callback(error));
};
