// Begins each bundle: modules, Wasm by path, and a way to print. ES5, for the oldest engine.
// Free names: SOURCES and WASM, by path; SHAPE, see `bundle.js`.

var engine = typeof globalThis == 'object' ? globalThis : Function('return this')();
var RealWebAssembly = engine.WebAssembly;

/** Prints a line: the result of the run. */
var say = typeof engine.print == 'function' ? engine.print : console.log.bind(console);

// What the engines have and phones have not.
var ABSENT = 'TextEncoder TextDecoder URL URLSearchParams fetch crypto performance queueMicrotask structuredClone atob btoa WebAssembly Buffer process';
ABSENT.split(' ').forEach(function (name) {
  delete engine[name];
});

var loaded = {};

function resolved(from, name) {
  var parts = name.charAt(0) == '/' ? [] : from.split('/').slice(0, -1);
  name.split('/').forEach(function (part) {
    if (part == '..') parts.pop();
    else if (part != '.' && part != '') parts.push(part);
  });
  var path = '/' + parts.filter(Boolean).join('/');
  return [path, path + '.js', path + '/index.js'].find(function (known) {
    return Object.prototype.hasOwnProperty.call(SOURCES, known);
  });
}

/** `require` as seen from the module at `from`. */
function requireFrom(name, from) {
  var path = resolved(from || '/', name);
  if (!path) throw new Error('no module ' + name + ' from ' + from);
  if (!loaded[path]) {
    var module = (loaded[path] = { exports: {} });
    SOURCES[path](
      function (next) {
        return requireFrom(next, path);
      },
      module,
      module.exports,
    );
  }
  return loaded[path].exports;
}

engine.WXWebAssembly = {
  instantiate: function (path, imports) {
    if (!Object.prototype.hasOwnProperty.call(WASM, path)) return Promise.reject(new Error('no file ' + path));
    var text = WASM[path];
    var bytes = new Uint8Array(text.length);
    for (var i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    return RealWebAssembly.instantiate(bytes, imports).then(function (made) {
      return SHAPE == 'instance' ? made.instance : made;
    });
  },
};
