// kitsu, used as its documentation shows.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import Kitsu from 'kitsu';

import { start } from './server.mjs';

const api = new Kitsu({ baseURL: await start(), camelCaseTypes: false, resourceCase: 'none', pluralize: false });

test('a resource is created, updated and deleted', async () => {
  const { data: created } = await api.create('tags', { name: 'knots', description: 'Over, under, through' });
  assert.equal(created.type, 'tags');
  assert.equal(created.colour, '#7a8288');

  const { data: updated } = await api.update('tags', { id: created.id, colour: '#112233' });
  assert.equal(updated.colour, '#112233');
  assert.equal(updated.name, 'knots');

  await api.remove('tags', created.id);
  await assert.rejects(api.get(`tags/${created.id}`), ({ response, errors }) => {
    assert.equal(response.status, 404);
    assert.equal(errors[0].code, 'resource-not-found');
    return true;
  });
});

test('a resource is created with relationships and read with what it is related to', async () => {
  const { data: created } = await api.create('articles', {
    title: 'Bowlines',
    slug: 'bowlines',
    body: 'The rabbit comes out of the hole.',
    author: { data: { type: 'people', id: '2' } },
    tags: { data: [{ type: 'tags', id: '1' }, { type: 'tags', id: '6' }] },
  });

  const { data: read } = await api.get(`articles/${created.id}`, { params: { include: 'author,tags' } });
  assert.equal(read.author.data.handle, 'tobias');
  assert.deepEqual(read.tags.data.map((tag) => tag.name), ['tides', 'repair']);

  const { data: updated } = await api.update(
    'articles',
    { id: created.id, author: { data: { type: 'people', id: '3' } }, editor: { data: { type: 'people', id: '2' } } },
    { params: { include: 'author,editor' } },
  );
  assert.equal(updated.author.data.handle, 'ines');
  assert.equal(updated.editor.data.handle, 'tobias');
});

test('relationships are replaced, extended, reduced and cleared', async () => {
  const tags = async () => (await api.get('articles/1/relationships/tags')).data.map((tag) => tag.id);
  const tag = (id) => ({ type: 'tags', id });

  await api.update('articles/1/relationships/tags', [tag('1'), tag('2')]);
  assert.deepEqual(await tags(), ['1', '2']);
  await api.create('articles/1/relationships/tags', [tag('2'), tag('3')]);
  assert.deepEqual(await tags(), ['1', '2', '3']);
  await api.remove('articles/1/relationships/tags', ['1', '9']);
  assert.deepEqual(await tags(), ['2', '3']);
  await api.update('articles/1/relationships/tags', []);
  assert.deepEqual(await tags(), []);

  // `update` would add the id to the URL.
  const url = 'articles/1/relationships/editor';
  await api.request({ method: 'PATCH', url, type: 'people', body: { type: 'people', id: '4' } });
  assert.equal((await api.get('articles/1/editor')).data.handle, 'rahul');
  await api.update('articles/1/relationships/editor', null);
  assert.equal((await api.get('articles/1/editor')).data, null);
});

test('errors say what is wrong, all at once', async () => {
  const refused = api.create('articles', { title: null, slug: 'harbour', body: '', reading_minutes: 'ten', colour: 'blue' });
  await assert.rejects(refused, ({ response, errors }) => {
    assert.equal(response.status, 422);
    assert.deepEqual(errors.map(({ code, source }) => [code, source.pointer]), [
      ['required', '/data/attributes/title'],
      ['invalid-value', '/data/attributes/reading_minutes'],
      ['unknown-attribute', '/data/attributes/colour'],
      ['required', '/data'],
    ]);
    return true;
  });
});

test('a value that is taken is refused', async () => {
  await assert.rejects(api.create('tags', { name: 'tides' }), ({ response, errors }) => {
    assert.equal(response.status, 409);
    assert.equal(errors[0].source.pointer, '/data/attributes/name');
    return true;
  });
});
