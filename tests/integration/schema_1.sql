-- The schema of version 1, as it was released. It never changes: migrations start from here.
CREATE TABLE schema_version (version UInt32) ENGINE = ReplacingMergeTree ORDER BY version;

CREATE TABLE traffic (
  `site` LowCardinality(String),
  `dimension` LowCardinality(String),
  `hour` DateTime('UTC'),
  `value` String,
  `pageviews` Int64,
  `events` Int64,
  `visitors` Int64,
  `hour_visitors` Int64,
  `visits` Int64,
  `entries` Int64,
  `exits` Int64,
  `bounces` Int64,
  `duration` Int64,
  `engagement` Int64,
  `scroll` Int64,
  `scroll_visits` Int64
)
ENGINE = SummingMergeTree((pageviews, events, visitors, hour_visitors, visits, entries, exits, bounces, duration, engagement, scroll, scroll_visits))
PARTITION BY toYYYYMM(hour)
ORDER BY (site, dimension, hour, value)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1;

CREATE TABLE crosstabs (
  `site` LowCardinality(String),
  `dimension_a` LowCardinality(String),
  `dimension_b` LowCardinality(String),
  `day` Date,
  `value_a` String,
  `value_b` String,
  `pageviews` Int64,
  `events` Int64,
  `visitors` Int64,
  `hour_visitors` Int64,
  `visits` Int64,
  `entries` Int64,
  `exits` Int64,
  `bounces` Int64,
  `duration` Int64,
  `engagement` Int64,
  `scroll` Int64,
  `scroll_visits` Int64
)
ENGINE = SummingMergeTree((pageviews, events, visitors, hour_visitors, visits, entries, exits, bounces, duration, engagement, scroll, scroll_visits))
PARTITION BY toYYYYMM(day)
ORDER BY (site, dimension_a, dimension_b, day, value_a, value_b)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1;

CREATE TABLE drops (
  `site` LowCardinality(String),
  `hour` DateTime('UTC'),
  `reason` LowCardinality(String),
  `hits` UInt64
)
ENGINE = SummingMergeTree((hits))
PARTITION BY toYYYYMM(hour)
ORDER BY (site, hour, reason)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1;

INSERT INTO schema_version VALUES (1);

INSERT INTO traffic (site, dimension, hour, value, pageviews, visitors) VALUES
  ('example.com', '', '2026-11-23 13:00:00', '', 3, 2),
  ('example.com', 'page', '2026-11-23 13:00:00', '/a', 3, 2),
  ('gone.example', '', '2026-11-23 13:00:00', '', 1, 1);

INSERT INTO crosstabs (site, dimension_a, dimension_b, day, value_a, value_b, pageviews) VALUES
  ('example.com', 'page', 'country', '2026-11-23', '/a', 'FR', 5);

INSERT INTO drops VALUES ('example.com', '2026-11-23 10:00:00', 'robot', 7);
