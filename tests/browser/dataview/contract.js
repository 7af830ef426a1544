// The double is held to the API's own document: questions that it does not have are refused as the program
// refuses them, and answers have the shapes that it says.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

const PREFIX = '/api/v1';

/** The document: `refusal(method, path, query, body)` and `check(method, path, answer)`. */
export async function contract() {
  const document = JSON.parse(await readFile(resolve(import.meta.dirname, '../../../docs/openapi.json'), 'utf8'));
  const operation = (method, path) => {
    const parts = (PREFIX + path).split('/');
    const fits = (template) => {
      const wanted = template.split('/');
      return wanted.length == parts.length && wanted.every((part, at) => part.startsWith('{') || part == parts[at]);
    };
    // What has no place-holder goes before what has one.
    const found = Object.keys(document.paths).filter(fits).toSorted((one, other) => one.split('{').length - other.split('{').length)[0];
    return document.paths[found]?.[method.toLowerCase()];
  };
  const schemaOf = (content) => content?.['application/json']?.schema;
  return {
    /** What the program would refuse about a question, or null. */
    refusal(method, path, query, body) {
      const found = operation(method, path);
      if (!found) return `${method} ${path} is not in docs/openapi.json`;
      const known = (found.parameters ?? []).filter((one) => one.in == 'query').map((one) => one.name);
      const unknown = Object.keys(query).filter((name) => !known.includes(name));
      if (unknown.length > 0) return `${method} ${path} has no parameter ${unknown}; it has ${known}`;
      const wrong = body === undefined ? [] : faults(document, schemaOf(found.requestBody?.content), body, 'body', true);
      return wrong[0] ?? null;
    },
    /** Fails when an answer has not the shape that the document says. */
    check(method, path, answer) {
      const { responses } = operation(method, path);
      const good = Object.entries(responses).find(([status]) => status.startsWith('2'))[1];
      const schema = schemaOf(good.content);
      if (schema) assert.deepEqual(faults(document, schema, answer, `${method} ${path}`, true), []);
    },
  };
}

/** What of `value` is not as `schema` says: members that are missing, unknown (where `closed`) or of another type. */
function faults(document, schema, value, place, closed) {
  if (!schema) return [];
  if (schema.$ref) return faults(document, document.components.schemas[schema.$ref.split('/').pop()], value, place, closed);
  const options = schema.oneOf ?? schema.anyOf;
  if (options) {
    const all = options.map((one) => faults(document, one, value, place, closed));
    return all.some((one) => one.length == 0) ? [] : all.toSorted((one, other) => other.length - one.length)[0];
  }
  if (schema.allOf) return schema.allOf.flatMap((one) => faults(document, one, value, place, false));
  const types = [schema.type].flat();
  if (value === null) return types.includes('null') || !schema.type ? [] : [`${place} is null`];
  if (Array.isArray(value)) {
    if (schema.type && !types.includes('array')) return [`${place} is a list`];
    return value.flatMap((one, at) => faults(document, schema.items, one, `${place}[${at}]`, closed));
  }
  if (typeof value == 'object') return types.includes('object') || schema.properties || !schema.type ? members(document, schema, value, place, closed) : [`${place} is an object`];
  const named = { number: ['number', 'integer'], string: ['string'], boolean: ['boolean'] }[typeof value];
  return !schema.type || named.some((one) => types.includes(one)) ? [] : [`${place} is a ${typeof value}, not ${types}`];
}

function members(document, schema, value, place, closed) {
  const known = schema.properties ?? {};
  const missing = (schema.required ?? []).filter((name) => !(name in value)).map((name) => `${place} has no ${name}`);
  const open = !closed || !schema.properties || (schema.additionalProperties && schema.additionalProperties !== true);
  const extra = open ? [] : Object.keys(value).filter((name) => !(name in known)).map((name) => `${place} has ${name}, which is not known`);
  return [...missing, ...extra, ...Object.keys(known).filter((name) => name in value).flatMap((name) => faults(document, known[name], value[name], `${place}.${name}`, closed))];
}
