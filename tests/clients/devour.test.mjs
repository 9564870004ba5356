// devour-client, used as its documentation shows.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import JsonApi from 'devour-client';

import { start } from './server.mjs';

const api = new JsonApi({
  apiUrl: await start(),
  logger: false,
  pluralize: false,
  errorBuilder: ({ status, code, detail }) => ({ status, code, detail }),
});

api.define('people', { name: '', handle: '' });
api.define('tags', { name: '', colour: '', description: '' });
api.define('comments', { body: '', article: one('articles'), author: one('people'), parent: one('comments') });
api.define('articles', {
  title: '',
  slug: '',
  body: '',
  reading_minutes: '',
  author: one('people'),
  editor: one('people'),
  tags: many('tags'),
  comments: many('comments'),
});

function one(type) {
  return { jsonApi: 'hasOne', type };
}

function many(type) {
  return { jsonApi: 'hasMany', type };
}

test('a resource is created, updated and deleted', async () => {
  const { data: created } = await api.create('tags', { name: 'knots', description: 'Over, under, through' });
  assert.equal(created.colour, '#7a8288');

  const { data: updated } = await api.update('tags', { id: created.id, colour: '#112233' });
  assert.equal(updated.colour, '#112233');
  assert.equal(updated.name, 'knots');

  await api.destroy('tags', created.id);
  await assert.rejects(api.find('tags', created.id), (errors) => {
    assert.equal(Object.values(errors)[0].code, 'resource-not-found');
    return true;
  });
});

test('a resource is created with relationships and read with what it is related to', async () => {
  const { data: created } = await api.create('articles', {
    title: 'Bowlines',
    slug: 'bowlines',
    body: 'The rabbit comes out of the hole.',
    author: { id: '2' },
    tags: [{ id: '1' }, { id: '6' }],
  });

  const { data: read } = await api.find('articles', created.id, { include: 'author,editor,tags' });
  assert.equal(read.author.handle, 'tobias');
  assert.equal(read.editor, null);
  assert.deepEqual(read.tags.map((tag) => tag.name), ['tides', 'repair']);

  const { data: updated } = await api.update(
    'articles',
    { id: created.id, author: { id: '3' }, tags: [{ id: '2' }] },
    { include: 'author,tags' },
  );
  assert.equal(updated.author.handle, 'ines');
  assert.deepEqual(updated.tags.map((tag) => tag.name), ['bread']);
});

test('relationships are replaced, extended, reduced and cleared', async () => {
  const relationship = (name) => api.one('articles', '1').relationships(name);
  const tags = async () => (await api.one('articles', '1').all('tags').get()).data.map((tag) => tag.id);

  await relationship('tags').patch([{ id: '1' }, { id: '2' }]);
  assert.deepEqual(await tags(), ['1', '2']);
  await relationship('tags').post([{ id: '2' }, { id: '3' }]);
  assert.deepEqual(await tags(), ['1', '2', '3']);
  await relationship('tags').destroy([{ type: 'tags', id: '1' }, { type: 'tags', id: '9' }]);
  assert.deepEqual(await tags(), ['2', '3']);

  const editor = async () => (await api.find('articles', '1', { include: 'editor' })).data.editor;
  await relationship('editor').patch({ id: '4' });
  assert.equal((await editor()).handle, 'rahul');
  await relationship('editor').patch(null);
  assert.equal(await editor(), null);
});

test('errors lead to the fields of a form', async () => {
  const form = { title: null, slug: 'harbour', body: '', reading_minutes: 'ten', author: { id: '1' } };
  await assert.rejects(api.create('articles', form), (errors) => {
    assert.deepEqual(Object.keys(errors), ['title', 'reading_minutes']);
    assert.deepEqual(errors.title, { status: '422', code: 'required', detail: '"title" must have a value.' });
    return true;
  });
});

test('a related resource that does not exist is named', async () => {
  const form = { title: 'Half hitches', slug: 'half-hitches', body: '', author: { id: '999' } };
  await assert.rejects(api.create('articles', form), (errors) => {
    assert.equal(Object.values(errors)[0].code, 'related-resource-not-found');
    return true;
  });
});
