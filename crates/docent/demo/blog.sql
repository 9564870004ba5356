-- The blog that `docent demo` serves: Harbour Notes, written by the people of a small town by the sea.
-- It has a bit of everything: several types of values, two foreign keys to one table, one that may be empty, one to its
-- own table, a join table, and a column nobody should see.

CREATE TABLE people (
    id            INTEGER PRIMARY KEY,
    name          TEXT NOT NULL,
    handle        TEXT NOT NULL UNIQUE,
    email         TEXT NOT NULL UNIQUE,
    bio           TEXT,
    joined_on     DATE NOT NULL DEFAULT CURRENT_DATE,
    is_staff      BOOLEAN NOT NULL DEFAULT 0,
    hourly_rate   DECIMAL(6, 2),
    preferences   JSON NOT NULL DEFAULT '{}',
    password_hash TEXT NOT NULL DEFAULT ''
);

CREATE TABLE articles (
    id              INTEGER PRIMARY KEY,
    title           TEXT NOT NULL,
    slug            TEXT NOT NULL UNIQUE,
    summary         TEXT NOT NULL DEFAULT '',
    body            TEXT NOT NULL,
    published       BOOLEAN NOT NULL DEFAULT 0,
    published_at    TIMESTAMP,
    created_at      TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    reading_minutes INTEGER NOT NULL DEFAULT 1 CHECK (reading_minutes > 0),
    rating          DECIMAL(3, 2),
    metadata        JSON,
    author_id       INTEGER NOT NULL REFERENCES people (id),
    editor_id       INTEGER REFERENCES people (id)
);

CREATE INDEX articles_author ON articles (author_id);
CREATE INDEX articles_editor ON articles (editor_id);
CREATE INDEX articles_published ON articles (published, published_at);

CREATE TABLE comments (
    id         INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    author_id  INTEGER NOT NULL REFERENCES people (id),
    parent_id  INTEGER REFERENCES comments (id) ON DELETE CASCADE,
    body       TEXT NOT NULL,
    likes      INTEGER NOT NULL DEFAULT 0,
    created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE INDEX comments_article ON comments (article_id);
CREATE INDEX comments_author ON comments (author_id);
CREATE INDEX comments_parent ON comments (parent_id);

CREATE TABLE tags (
    id          INTEGER PRIMARY KEY,
    name        TEXT NOT NULL UNIQUE,
    colour      TEXT NOT NULL DEFAULT '#7a8288',
    description TEXT
);

CREATE TABLE article_tags (
    article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    tag_id     INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    PRIMARY KEY (article_id, tag_id)
);

CREATE INDEX article_tags_tag ON article_tags (tag_id);

INSERT INTO people (id, name, handle, email, bio, joined_on, is_staff, hourly_rate, preferences, password_hash) VALUES
    (1, 'Marit Solheim', 'marit', 'marit@harbour.example', 'Keeps the lighthouse, and the minutes of every meeting.', '2019-03-04', 1, 31.50, '{"theme":"dark","digest":"weekly"}', 'x-1f0b'),
    (2, 'Tobias Okafor', 'tobias', 'tobias@harbour.example', 'Repairs radios. Will not repair printers.', '2019-06-17', 1, 28.00, '{"theme":"light"}', 'x-77c2'),
    (3, 'Inês Carvalho', 'ines', 'ines@harbour.example', 'Baker. Up before the gulls.', '2020-01-09', 0, NULL, '{"theme":"light","digest":"daily"}', 'x-93aa'),
    (4, 'Rahul Menon', 'rahul', 'rahul@harbour.example', 'Counts birds by day and rows by night.', '2020-11-30', 1, 34.75, '{"theme":"dark","shortcuts":["j","k"]}', 'x-5e1d'),
    (5, 'Wren Abernathy', 'wren', 'wren@harbour.example', 'Map drawer, path walker, collector of lost place names.', '2021-05-02', 0, NULL, '{}', 'x-c004'),
    (6, 'Yusuf Demir', 'yusuf', 'yusuf@harbour.example', 'Ferry captain. Answers letters within one tide.', '2021-08-21', 0, 26.40, '{"digest":"never"}', 'x-2b9f'),
    (7, 'Linnea Berg', 'linnea', 'linnea@harbour.example', NULL, '2022-02-14', 0, NULL, '{"theme":"dark"}', 'x-8d83'),
    (8, 'Old Pim', 'pim', 'pim@harbour.example', 'Retired, allegedly.', '2018-12-24', 0, 0.99, '{"font_size":22}', 'x-0000');

INSERT INTO tags (id, name, colour, description) VALUES
    (1, 'tides', '#2457d6', 'Everything that comes and goes twice a day'),
    (2, 'bread', '#b7791f', 'Flour, water, salt, patience'),
    (3, 'radio', '#805ad5', 'Voices out of the air'),
    (4, 'birds', '#2f855a', NULL),
    (5, 'maps', '#c05621', 'Where things are, and where they used to be'),
    (6, 'repair', '#4a5568', 'Mended beats new'),
    (7, 'weather', '#3182ce', 'Looking up, and being wrong about it'),
    (8, 'night-sky', '#1a365d', 'Best seen with the lamp off'),
    (9, 'letters', '#97266d', 'Paper, ink and waiting'),
    (10, 'databases', '#276749', 'Rows of the harbour office'),
    (11, 'cats', '#dd6b20', 'The real management'),
    (12, 'tea', '#744210', NULL);

INSERT INTO articles (id, title, slug, summary, body, published, published_at, created_at, reading_minutes, rating, metadata, author_id, editor_id) VALUES
    (1, 'The lamp has opinions', 'the-lamp-has-opinions', 'What a lighthouse teaches about systems that must not fail.', 'The lamp turns once every twelve seconds, and has done so since before anyone here was born. It has one job and three ways to do it: mains, battery, and Marit with a torch. We test the third way every spring, because a spare you never use is only a rumour.', 1, '2024-01-12 08:30:00', '2024-01-08 19:12:44', 6, 4.80, '{"series":"Lighthouse","part":1}', 1, 4),
    (2, 'A loaf that waits', 'a-loaf-that-waits', 'Cold dough, warm kitchen, and why the fridge is the best baker in town.', 'Mix it on Thursday, forget it on Friday, bake it on Saturday. The dough does not mind. Time is an ingredient that nobody charges for, and most bread is short of it.', 1, '2024-01-26 05:10:00', '2024-01-25 21:40:03', 4, 4.55, '{"recipe":true,"grams":{"flour":500,"water":360,"salt":11}}', 3, 1),
    (3, 'Forty metres of wire', 'forty-metres-of-wire', 'An aerial in the orchard, and the first voice it caught.', 'It took three ladders and one apology to the neighbours. At nine in the evening the receiver coughed, and a woman two thousand kilometres away read out the price of herring. I wrote it down as if it were a poem.', 1, '2024-02-09 20:00:00', '2024-02-07 22:05:10', 7, 4.25, '{"frequency_khz":6215}', 2, 1),
    (4, 'How to count starlings', 'how-to-count-starlings', 'You do not. You count a square of sky and multiply, and then you admit the error.', 'Hold a frame at arm''s length, wait for the flock to fill it, count what you can, multiply by the frames. My three counts of last Sunday were 4,100, 5,800 and "oh". The last one is the most honest.', 1, '2024-02-20 07:45:00', '2024-02-18 16:20:00', 5, 4.40, NULL, 4, 5),
    (5, 'Names the sea took back', 'names-the-sea-took-back', 'Seven places on the old chart that nobody can point to any more.', 'Gallows Rock is under two fathoms. Widow''s Stair lost its last step in 1953. Nobody alive knows what was merry about Merry Hole. I draw them in grey, because a map without ghosts is only directions.', 1, '2024-03-05 09:00:00', '2024-02-28 10:31:55', 9, 4.95, '{"scale":"1:10000","sheets":3}', 5, 1),
    (6, 'The ferry leaves anyway', 'the-ferry-leaves-anyway', 'On timetables, promises, and the four people who run every morning.', 'At 06:40 the ramp goes up. It went up on the morning of the big fog and it went up on my wedding day. If I waited for everyone, nobody could rely on me, and that is the whole business.', 1, '2024-03-15 06:40:00', '2024-03-14 17:00:00', 3, 4.10, NULL, 6, NULL),
    (7, 'Every row has a story', 'every-row-has-a-story', 'I opened the harbour office''s database and found eighty years of boats.', 'The table is called boats, the key is a number painted on a hull, and one column is named dont_ask. It holds the reasons boats were renamed. I added no index to it; some queries should take a while.', 1, '2024-03-29 18:15:00', '2024-03-27 23:48:09', 8, 4.70, '{"rows":1312,"tables":["boats","owners","storms"]}', 4, 2),
    (8, 'Tea for a storm', 'tea-for-a-storm', 'Strong, sweet, and made before the power goes.', 'Fill two flasks when the barometer drops below 985. One is for you. The other is for whoever knocks, and somebody will.', 1, '2024-04-11 15:30:00', '2024-04-11 14:02:37', 2, 4.35, '{"hpa_threshold":985}', 1, 3),
    (9, 'The cat who audits', 'the-cat-who-audits', 'Bosun walks the stockroom every night. Nothing leaves without his notice.', 'He counts the sacks by sleeping on them. When one is missing he sits in the empty place and looks at me until I find the invoice. I have been thinking of putting him on the payroll.', 1, '2024-04-19 05:55:00', '2024-04-18 20:20:20', 3, 4.98, '{"cat":"Bosun","weight_kg":6.2}', 3, NULL),
    (10, 'Mending a kettle, badly', 'mending-a-kettle-badly', 'Three failures and a spark. I recommend the second failure.', 'First I fixed the wrong wire. Then I fixed the right wire to the wrong place, which made the radio play. It was the best kettle I ever owned, for about a minute.', 1, '2024-05-03 19:00:00', '2024-05-01 21:11:00', 4, 3.90, NULL, 2, 8),
    (11, 'What the barometer knows', 'what-the-barometer-knows', 'A year of pressure, drawn as one line around the kitchen wall.', 'Each day is a centimetre, each hectopascal a millimetre. February dips below the light switch. Visitors follow it with a finger and always stop at the same storm.', 1, '2024-05-17 10:00:00', '2024-05-12 09:14:51', 6, 4.60, '{"readings":365}', 7, 5),
    (12, 'Low water, long shadows', 'low-water-long-shadows', 'A walk that exists for ninety minutes, twice a month.', 'You leave by the boathouse, keep the wreck on your left, and turn back when the shadow of the beacon touches your boots. Do not trust your watch. Trust the shadow; it has never been late.', 1, '2024-06-04 13:20:00', '2024-06-01 18:45:00', 5, 4.75, '{"km":4.5,"minutes":90}', 5, 6),
    (13, 'Letters to a buoy', 'letters-to-a-buoy', 'Children write, the buoy answers, and I have become its secretary.', 'It began as a joke on a school trip. Now there are nine letters a week, and the buoy has views on bedtime. I answer in green ink, because that is its colour.', 1, '2024-06-21 11:11:00', '2024-06-19 20:00:00', 4, 4.92, '{"letters":214}', 6, 1),
    (14, 'A radio for the deaf dog', 'a-radio-for-the-deaf-dog', 'He cannot hear the news, but he likes how the speaker shakes.', 'We took the cone out of a broken set and put it under his blanket. He prefers the cello. During the weather forecast he leaves, like everyone else.', 1, '2024-07-02 17:30:00', '2024-06-30 12:34:56', 3, 4.65, NULL, 2, 3),
    (15, 'Noctilucent', 'noctilucent', 'Clouds that shine at midnight, and the people who lie down in wet grass to see them.', 'They hang eighty kilometres up, far above any weather, and they are made of almost nothing. You need a clear north, a cold quarter of an hour, and a friend who does not talk.', 1, '2024-07-13 23:50:00', '2024-07-12 01:15:22', 6, 4.88, '{"altitude_km":82}', 7, 4),
    (16, 'Salt in everything', 'salt-in-everything', 'Rust, bread and tears: a short chemistry of living by the sea.', 'The same eleven grams that make a loaf taste of something will eat a hinge by autumn. We oil the doors, we weigh the dough, and we cry wherever we like.', 1, '2024-08-01 06:00:00', '2024-07-29 19:19:19', 5, 4.45, NULL, 3, 2),
    (17, 'An index of winds', 'an-index-of-winds', 'Our grandparents had eleven words for it. I put them in a table and sorted by damage.', 'There is one for wind that only moves hats, one for wind that brings other people''s laundry, and one that is not said aloud on a boat. The query returns them in order; the last row is redacted.', 1, '2024-08-23 16:00:00', '2024-08-20 22:10:05', 7, 4.50, '{"words":11}', 4, 5),
    (18, 'Night shift at the oven', 'night-shift-at-the-oven', 'Between two and five the town belongs to yeast.', 'I know who comes home late by their footsteps, and who leaves early by their headlights. I tell nobody. A bakery is a kind of confessional with better smells.', 1, '2024-09-10 04:44:00', '2024-09-09 05:02:00', 4, 4.77, NULL, 3, 1),
    (19, 'The retired man''s guide to being busy', 'the-retired-mans-guide', 'Fourteen unfinished projects, ranked by how often I am asked about them.', 'Number one is the boat. Number two is the other boat. Number nine is a surprise for my wife, who reads this, so it is now number fifteen.', 1, '2024-10-02 12:00:00', '2024-09-28 15:15:15', 6, 4.20, '{"projects":14,"finished":0}', 8, 1),
    (20, 'Fog, and how to hear through it', 'fog-and-how-to-hear-through-it', 'A captain''s ears: engines, bells, and the silence of a rock.', 'Water lapping on a hull is a slap; on stone it is a sigh. When I hear the sigh I do not need the radar, though I look at it, to be polite.', 1, '2024-11-08 07:20:00', '2024-11-06 06:06:06', 5, 4.83, NULL, 6, 4),
    (21, 'Geese do not read calendars', 'geese-do-not-read-calendars', 'Nine years of arrival dates, and what moved.', 'The first skein now comes eleven days later than when I began. I checked my counts, then my notes, then the ones my predecessor kept in a biscuit tin. They agree. I wish they did not.', 1, '2025-01-20 08:00:00', '2025-01-15 17:40:00', 8, 4.72, '{"years":9,"shift_days":11}', 4, 7),
    (22, 'A map for the blind ferryman', 'a-map-for-the-blind-ferryman', 'String for coast, sand for shallows, a button for every buoy.', 'Yusuf''s grandfather lost his sight and kept his route. I asked him to correct my map with his fingertips. He found two mistakes and a sandbank that I had thought was a stain.', 1, '2025-02-11 14:00:00', '2025-02-03 11:11:11', 7, 4.97, '{"materials":["string","sand","buttons"]}', 5, 6),
    (23, 'The second spare', 'the-second-spare', 'More about the lamp: what happened on the night all three ways failed.', 'There was a fourth way. It lives two doors down, is eighty-one years old, and owns a very large mirror.', 0, NULL, '2025-02-27 20:20:00', 9, NULL, '{"series":"Lighthouse","part":2}', 1, NULL),
    (24, 'Sourdough has no schema', 'sourdough-has-no-schema', 'A draft about starters, dynamic typing, and letting things settle.', 'Rahul says I should write about structure. I said that mine collapses when you poke it. He said: same.', 0, NULL, '2025-03-09 05:30:00', 3, NULL, NULL, 3, 4),
    (25, 'Untitled, with thunder', 'untitled-with-thunder', 'Notes taken under the boathouse roof while waiting.', 'Count the seconds, divide by three, lie to the children about the result.', 0, NULL, '2025-03-18 21:57:31', 1, NULL, NULL, 7, NULL);

INSERT INTO article_tags (article_id, tag_id) VALUES
    (1, 6), (1, 8), (2, 2), (3, 3), (3, 6), (4, 4), (4, 10), (5, 5), (5, 1), (6, 1), (6, 7), (7, 10), (7, 5), (8, 12), (8, 7),
    (9, 11), (9, 2), (10, 6), (10, 12), (10, 3), (11, 7), (11, 10), (12, 1), (12, 5), (13, 9), (13, 1), (14, 3), (14, 6),
    (15, 8), (15, 7), (16, 2), (16, 6), (16, 1), (17, 7), (17, 10), (18, 2), (18, 8), (19, 6), (20, 7), (20, 1), (21, 4),
    (21, 10), (22, 5), (22, 6), (23, 6), (24, 2), (24, 10), (25, 7);

INSERT INTO comments (id, article_id, author_id, parent_id, likes, created_at, body) VALUES
    (1, 1, 2, NULL, 9, '2024-01-12 09:02:11', 'I have held that torch. My arm remembers.'),
    (2, 1, 8, NULL, 14, '2024-01-12 10:15:00', 'In my day there were only two ways, and one of them was me.'),
    (3, 1, 1, 2, 11, '2024-01-12 10:40:27', 'You are still on the list, Pim.'),
    (4, 1, 8, 3, 17, '2024-01-12 10:41:02', 'Nobody told my knees.'),
    (5, 1, 4, NULL, 6, '2024-01-13 22:08:45', '"A spare you never use is only a rumour" goes above my desk.'),
    (6, 2, 7, NULL, 4, '2024-01-26 07:30:00', 'Forgot it until Monday. It was even better. Is there an upper limit?'),
    (7, 2, 3, 6, 8, '2024-01-26 08:00:19', 'When it opens the fridge by itself.'),
    (8, 2, 6, NULL, 3, '2024-01-27 06:10:00', 'Ate half of it between the ramp and the bridge.'),
    (9, 3, 6, NULL, 5, '2024-02-09 20:31:00', 'That is Annika, on the coast station. She will be pleased about the poem.'),
    (10, 3, 2, 9, 7, '2024-02-09 20:44:13', 'Please do not tell her I cried.'),
    (11, 3, 6, 10, 12, '2024-02-10 06:55:00', 'Told her. She cried.'),
    (12, 3, 5, NULL, 2, '2024-02-11 12:00:00', 'Which apple tree is the far end on? It is for the map.'),
    (13, 4, 5, NULL, 3, '2024-02-20 08:20:00', 'I counted "oh" as well. We agree to within one oh.'),
    (14, 4, 7, NULL, 2, '2024-02-20 09:09:09', 'What do you do about the ones that come back into the frame?'),
    (15, 4, 4, 14, 5, '2024-02-20 12:30:48', 'I forgive them.'),
    (16, 4, 8, NULL, 4, '2024-02-21 15:00:00', 'Count the legs and divide by two.'),
    (17, 5, 8, NULL, 21, '2024-03-05 10:10:10', 'Merry Hole was a pub. I fell into it once. Both meanings.'),
    (18, 5, 5, 17, 19, '2024-03-05 10:12:00', 'Pim, I have been looking for a source for TWO YEARS.'),
    (19, 5, 8, 18, 25, '2024-03-05 11:45:00', 'You never asked me. Everyone asks the library.'),
    (20, 5, 1, NULL, 6, '2024-03-06 08:00:00', 'The grey lettering is beautiful, Wren. May we hang it in the tower?'),
    (21, 6, 3, NULL, 10, '2024-03-15 07:05:00', 'I am one of the four. In my defence, I carry your breakfast.'),
    (22, 6, 6, 21, 15, '2024-03-15 07:50:00', 'For you the ramp is slow. Only for you.'),
    (23, 6, 7, NULL, 5, '2024-03-15 09:00:00', 'It left without me on Tuesday. I could see you seeing me.'),
    (24, 7, 1, NULL, 8, '2024-03-29 19:00:00', 'That column name is my handwriting, if a column can have handwriting.'),
    (25, 7, 2, NULL, 4, '2024-03-29 21:21:00', 'Is the Heron in there? She was three boats, legally speaking.'),
    (26, 7, 4, 25, 6, '2024-03-29 23:59:00', 'Four. The fourth row says "see dont_ask".'),
    (27, 7, 8, NULL, 3, '2024-03-30 08:08:08', 'Leave it without an index. Some of us are in it.'),
    (28, 8, 6, NULL, 7, '2024-04-11 16:00:00', 'I was the one who knocked. Confirming: strong, sweet.'),
    (29, 8, 2, NULL, 2, '2024-04-11 18:30:00', 'What about the kettle in a power cut? Asking because of mine.'),
    (30, 8, 1, 29, 9, '2024-04-11 18:41:30', 'Tobias. Step away from the kettle.'),
    (31, 9, 4, NULL, 13, '2024-04-19 06:30:00', 'More thorough than the last auditor, and warmer.'),
    (32, 9, 1, NULL, 9, '2024-04-19 09:15:00', 'Does Bosun do lighthouses?'),
    (33, 9, 3, 32, 16, '2024-04-19 10:00:00', 'He does not travel. Paperwork must come to him.'),
    (34, 9, 7, NULL, 6, '2024-04-20 13:37:00', 'The third photo, with the invoice stuck to his paw, should be on the coat of arms.'),
    (35, 9, 8, NULL, 5, '2024-04-21 19:00:00', 'I asked him about my tab. He looked at me until I paid.'),
    (36, 10, 8, NULL, 11, '2024-05-03 19:30:00', 'I edited this and would like it known that I asked for more safety warnings.'),
    (37, 10, 2, 36, 6, '2024-05-03 19:45:00', 'There was one. It melted.'),
    (38, 10, 1, NULL, 8, '2024-05-04 08:00:00', 'See my comment under the storm tea.'),
    (39, 11, 5, NULL, 4, '2024-05-17 11:00:00', 'It is a coastline! You drew the coastline of a year.'),
    (40, 11, 7, 39, 7, '2024-05-17 11:20:00', 'I had not seen that, and now I cannot see anything else.'),
    (41, 11, 1, NULL, 3, '2024-05-18 07:00:00', 'The storm everyone stops at: my second flask went to you.'),
    (42, 12, 6, NULL, 8, '2024-06-04 14:00:00', 'From the bridge I see who turned back in time. I also see who did not.'),
    (43, 12, 7, NULL, 3, '2024-06-05 09:00:00', 'Is it passable with a pram?'),
    (44, 12, 5, 43, 6, '2024-06-05 09:30:00', 'With a pram that floats.'),
    (45, 12, 4, NULL, 2, '2024-06-06 18:12:00', 'Bring binoculars: the terns nest by the wreck until July. Keep the wreck far on your left.'),
    (46, 13, 1, NULL, 12, '2024-06-21 12:00:00', 'My niece wants to know whether the buoy gets lonely in winter.'),
    (47, 13, 6, 46, 20, '2024-06-21 20:15:00', 'Dear niece: there is a seal. We do not talk much, but he stays. Yours, the Buoy.'),
    (48, 13, 3, NULL, 6, '2024-06-22 05:00:00', 'Crying into the dough again. See my article about salt, whenever I write it.'),
    (49, 13, 8, NULL, 4, '2024-06-23 10:00:00', 'Tell the buoy it owes me a mooring line. It knows since when.'),
    (50, 14, 3, NULL, 9, '2024-07-02 18:00:00', 'He came into the shop today and lay down on the mixer.'),
    (51, 14, 7, NULL, 4, '2024-07-03 20:10:00', 'Which cello? For research. For a different dog.'),
    (52, 14, 2, 51, 5, '2024-07-03 20:30:00', 'Anything slow. He leaves for pizzicato.'),
    (53, 15, 1, NULL, 6, '2024-07-14 00:20:00', 'I turned off the stair light so that you would have a darker north. You are welcome.'),
    (54, 15, 4, NULL, 5, '2024-07-14 01:02:00', 'I am the friend who does not talk.'),
    (55, 15, 7, 54, 10, '2024-07-14 10:00:00', 'You said "oh" once. It was allowed.'),
    (56, 15, 5, NULL, 3, '2024-07-15 08:00:00', 'Eighty-two kilometres is further up than our town is from anywhere.'),
    (57, 16, 2, NULL, 4, '2024-08-01 07:00:00', 'Which oil for which hinge? I have a spreadsheet. I am so sorry.'),
    (58, 16, 3, 57, 5, '2024-08-01 07:10:00', 'Olive for the oven door. Do not put that in the spreadsheet.'),
    (59, 16, 8, NULL, 7, '2024-08-02 12:00:00', 'We cry wherever we like. Amen.'),
    (60, 17, 8, NULL, 15, '2024-08-23 16:40:00', 'You left out the one for wind that takes your pipe and brings it back.'),
    (61, 17, 4, 60, 8, '2024-08-23 17:00:00', 'Is that a wind or a person?'),
    (62, 17, 8, 61, 18, '2024-08-23 17:05:00', 'My wife says: both.'),
    (63, 17, 6, NULL, 9, '2024-08-24 05:50:00', 'Thank you for redacting the last one. I would have had to turn around.'),
    (64, 18, 1, NULL, 6, '2024-09-10 05:30:00', 'And I know your oven by its glow. We should get a bell for two.'),
    (65, 18, 6, NULL, 4, '2024-09-10 06:35:00', 'Those headlights are mine. Thank you for not asking about Wednesday.'),
    (66, 18, 7, NULL, 3, '2024-09-11 22:00:00', 'Those footsteps might be mine. Thank you for not writing about Friday.'),
    (67, 19, 1, NULL, 10, '2024-10-02 12:30:00', 'Number four is the bench you promised the tower. I check every day.'),
    (68, 19, 8, 67, 12, '2024-10-02 12:31:00', 'It is resting.'),
    (69, 19, 2, NULL, 5, '2024-10-03 17:00:00', 'Happy to help with number six, the kettle museum.'),
    (70, 19, 8, 69, 14, '2024-10-03 17:20:00', 'Number six has been cancelled for safety reasons.'),
    (71, 20, 2, NULL, 4, '2024-11-08 08:00:00', 'I recorded the slap and the sigh. You are right, and now I hear it in the bath.'),
    (72, 20, 5, NULL, 5, '2024-11-08 09:30:00', 'May I mark the sighs on the chart? A dotted line for sound.'),
    (73, 20, 6, 72, 7, '2024-11-08 16:00:00', 'Only if you come along and listen first. Bring a thermos.'),
    (74, 21, 7, NULL, 6, '2025-01-20 09:00:00', 'I edited this one slowly. Eleven days is a long time for a wall of weather.'),
    (75, 21, 8, NULL, 8, '2025-01-20 11:00:00', 'The biscuit tin was mine. Tell me if you ever find the biscuits.'),
    (76, 21, 3, NULL, 3, '2025-01-21 04:50:00', 'Heard them over the oven this morning. Wrote down the time for you: 04:12.'),
    (77, 22, 6, NULL, 24, '2025-02-11 15:00:00', 'He keeps it by the bed. He says the sandbank has moved, and he is right.'),
    (78, 22, 5, 77, 16, '2025-02-11 15:30:00', 'Then I shall move the sand.'),
    (79, 22, 1, NULL, 9, '2025-02-12 08:00:00', 'We should have one of these in the tower, at the height of a child.'),
    (80, 22, 2, NULL, 6, '2025-02-13 19:45:00', 'I can make the buoys buzz. No kettles involved.');
