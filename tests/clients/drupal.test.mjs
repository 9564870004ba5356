// The clients that Drupal's front ends use, on a Drupal site.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { JsonApiClient } from '@drupal-api-client/json-api-client';
import { DrupalJsonApiParams } from 'drupal-jsonapi-params';
import { Jsona } from 'jsona';

import { start } from './server.mjs';

const site = new URL('/', await start(process.env.DOCENT_COAST)).href;
const serializer = new Jsona();
const api = new JsonApiClient(site, { serializer });
const CAT = 'c0a57000-0000-4000-8004-000000000001';
const FOG = 'c0a57000-0000-4000-8004-000000000002';

test('a list is filtered, with some fields and what it is related to', async () => {
  const queryString = new DrupalJsonApiParams()
    .addFilter('field_topics.name', ['Harbour', 'Wrecks'], 'IN')
    .addGroup('moods', 'OR')
    .addFilter('field_mood', 'calm', '=', 'moods')
    .addFilter('field_mood', null, 'IS NULL', 'moods')
    .addInclude(['field_topics', 'field_picture', 'uid'])
    .addFields('node--story', ['title', 'field_topics', 'field_picture', 'uid'])
    .addSort('created', 'DESC')
    .getQueryString();
  const stories = await api.getCollection('node--story', { queryString });
  assert.deepEqual(stories.map(({ id, title }) => [id, title]), [[CAT, "The keeper's cat"]]);
  const [{ field_topics: topics, field_picture: picture, uid, ...rest }] = stories;
  assert.deepEqual(topics.map(({ name }) => name), ['Harbour', 'Weather']);
  assert.equal(picture.uri.url, '/sites/default/files/pictures/grey%20cat.png');
  assert.equal(picture.resourceIdObjMeta.alt, 'A grey cat');
  assert.equal(uid.display_name, 'wren');
  assert.equal(rest.body, undefined);
});

test('a resource is found by its id, also in another language', async () => {
  const story = await api.getResource('node--story', CAT);
  assert.equal(story.body.processed, '<p>She is <em>grey</em> &amp; quick.</p>\n');
  assert.deepEqual(story.path, { alias: '/cat', pid: 1, langcode: 'en' });
  const katze = await api.getResource('node--story', CAT, { locale: 'de' });
  assert.equal(katze.title, 'Die Katze des Wärters');
  assert.match(katze.links.self.href, /\/de\/jsonapi\/node\/story\//);
});

test('the entry point says where collections are', async () => {
  const indexed = new JsonApiClient(site, { serializer, indexLookup: true });
  const places = await indexed.getCollection('node--place', { queryString: 'filter[title]=North Pier' });
  assert.deepEqual(places.map(({ field_names: names }) => names), [['Long Pier', 'Møle']]);
});

test('related resources are fetched by their link', async () => {
  const story = await api.getResource('node--story', CAT, { rawResponse: true });
  const { related } = story.response.ok && (await story.response.json()).data.relationships.field_topics.links;
  const topics = serializer.deserialize(await (await fetch(related.href)).json());
  assert.deepEqual(topics.map(({ name }) => name), ['Harbour', 'Weather']);
});

test('pages follow each other to the end', async () => {
  const queryString = new DrupalJsonApiParams().addSort('title').addPageLimit(5).getQueryString();
  const { response } = await api.getCollection('node--place', { queryString, rawResponse: true });
  const titles = [];
  for (let page = await response.json(); page; ) {
    titles.push(...page.data.map(({ attributes }) => attributes.title));
    const { next } = page.links;
    page = next && (await (await fetch(next.href)).json());
  }
  assert.equal(titles.length, 13);
  assert.deepEqual(titles, titles.toSorted());
});

test('who may not see it is refused, and who may is not', async () => {
  const refused = await api.getResource('node--story', FOG, { rawResponse: true });
  assert.equal(refused.response.status, 401);
  const credentials = { username: 'wren', password: 'lantern' };
  const wren = new JsonApiClient(site, { serializer, authentication: { type: 'Basic', credentials } });
  assert.equal((await wren.getResource('node--story', FOG)).title, 'Fog over the pier');
});

test('errors are in the words of Drupal', async () => {
  const queryString = new DrupalJsonApiParams().addFilter('colour', 'red').getQueryString();
  const { response } = await api.getCollection('node--place', { queryString, rawResponse: true });
  assert.equal(response.status, 400);
  const { errors: [error] } = await response.json();
  assert.equal(error.title, 'Bad Request');
  assert.match(error.detail, /The field `colour`, given in the path `colour`, does not exist\./);
});
