BEGIN TRANSACTION;
CREATE TABLE application_versions (
    version_id TEXT NOT NULL PRIMARY KEY,
    version_name TEXT NOT NULL UNIQUE,
    version_timestamp INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000),
    created_at INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000)
, "application_name" TEXT DEFAULT NULL);
INSERT INTO "application_versions" VALUES('a96ef580-bff4-4ba8-bd03-1ce848a30a91','1',1795282542000,1795282542000,'openhorse');
CREATE TABLE dbos_migrations (version INTEGER NOT NULL PRIMARY KEY);
INSERT INTO "dbos_migrations" VALUES(125);
CREATE TABLE notifications (
    message_uuid TEXT NOT NULL DEFAULT (hex(randomblob(16))) PRIMARY KEY,
    destination_uuid TEXT NOT NULL,
    topic TEXT,
    message TEXT NOT NULL,
    created_at_epoch_ms INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000), "serialization" TEXT DEFAULT NULL, "consumed" BOOLEAN NOT NULL DEFAULT FALSE, consumed_by_function_id INTEGER,
    FOREIGN KEY (destination_uuid) REFERENCES workflow_status(workflow_uuid) 
        ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE TABLE oh_balances (
	key_id VARCHAR NOT NULL, 
	available_micros BIGINT NOT NULL, 
	CONSTRAINT pk_oh_balances PRIMARY KEY (key_id), 
	CONSTRAINT fk_oh_balances_key_id FOREIGN KEY(key_id) REFERENCES oh_keys (id)
);
INSERT INTO "oh_balances" VALUES('key_01M7ZJV8147MXE0S5QY02P9GCF',98500);
CREATE TABLE oh_callback_attempts (
	event_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	task_id VARCHAR NOT NULL, 
	delivered BOOLEAN NOT NULL, 
	status INTEGER, 
	milliseconds INTEGER NOT NULL, 
	head TEXT NOT NULL, 
	error TEXT, 
	at BIGINT NOT NULL, next_at BIGINT, 
	CONSTRAINT pk_oh_callback_attempts PRIMARY KEY (event_id, number), 
	CONSTRAINT fk_oh_callback_attempts_event_id FOREIGN KEY(event_id) REFERENCES oh_events (id), 
	CONSTRAINT fk_oh_callback_attempts_task_id FOREIGN KEY(task_id) REFERENCES oh_tasks (id)
);
CREATE TABLE oh_events (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	task_id VARCHAR NOT NULL, 
	status VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT fk_oh_events_task_id FOREIGN KEY(task_id) REFERENCES oh_tasks (id)
);
INSERT INTO "oh_events" VALUES(1,'mid','queued',1795282542644849);
INSERT INTO "oh_events" VALUES(2,'mid','running',1795282542916909);
INSERT INTO "oh_events" VALUES(3,'line-text','queued',1795282542987942);
INSERT INTO "oh_events" VALUES(4,'line-picture','queued',1795282543027800);
INSERT INTO "oh_events" VALUES(5,'told','queued',1795282543043372);
INSERT INTO "oh_events" VALUES(6,'told','cancelled',1795282543065596);
CREATE TABLE oh_idempotency (
	key_id VARCHAR NOT NULL, 
	scope VARCHAR NOT NULL, 
	"key" VARCHAR NOT NULL, 
	body_sha256 VARCHAR NOT NULL, 
	task_id VARCHAR NOT NULL, 
	expires_at BIGINT NOT NULL, 
	CONSTRAINT pk_oh_idempotency PRIMARY KEY (key_id, scope, "key"), 
	CONSTRAINT fk_oh_idempotency_key_id FOREIGN KEY(key_id) REFERENCES oh_keys (id), 
	CONSTRAINT fk_oh_idempotency_task_id FOREIGN KEY(task_id) REFERENCES oh_tasks (id)
);
INSERT INTO "oh_idempotency" VALUES('key_01M7ZJV8147MXE0S5QY02P9GCF','POST /v1/tasks','key 1','hash 1','mid',1795368942644849);
INSERT INTO "oh_idempotency" VALUES('key_01M7ZJV8147MXE0S5QY02P9GCF','POST /v1/tasks','key 2','hash 2','line-text',1795368942987942);
INSERT INTO "oh_idempotency" VALUES('key_01M7ZJV8147MXE0S5QY02P9GCF','POST /v1/tasks','key 3','hash 3','line-picture',1795368943027800);
INSERT INTO "oh_idempotency" VALUES('key_01M7ZJV8147MXE0S5QY02P9GCF','POST /v1/tasks','key 4','hash 4','told',1795368943043372);
CREATE TABLE oh_keys (
	id VARCHAR NOT NULL, 
	label VARCHAR NOT NULL, 
	secret_sha256 VARCHAR NOT NULL, 
	signing_secret VARCHAR, 
	limit_waiting INTEGER, 
	created_at BIGINT NOT NULL, 
	revoked_at BIGINT, secret_prefix VARCHAR, previous_sha256 VARCHAR, previous_until BIGINT, scopes VARCHAR DEFAULT 'read,submit' NOT NULL, limit_unfinished INTEGER, limit_reads_per_minute INTEGER, limit_writes_per_minute INTEGER, limit_day_micros BIGINT, limit_month_micros BIGINT, limit_storage_bytes BIGINT, former_signing_secret VARCHAR, former_signing_until BIGINT, 
	CONSTRAINT pk_oh_keys PRIMARY KEY (id), 
	CONSTRAINT uq_oh_keys_secret_sha256 UNIQUE (secret_sha256)
);
INSERT INTO "oh_keys" VALUES('key_01M7ZJV8147MXE0S5QY02P9GCF','customer','074c53fcda26911b963ec5989137ce184cf3cfc61e110147ceb374e19ebf951c',NULL,NULL,1795282542628863,NULL,'sk-recor',NULL,NULL,'read,submit',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE oh_ledger (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	key_id VARCHAR NOT NULL, 
	task_id VARCHAR, 
	kind VARCHAR NOT NULL, 
	micros BIGINT NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT fk_oh_ledger_key_id FOREIGN KEY(key_id) REFERENCES oh_keys (id), 
	CONSTRAINT fk_oh_ledger_task_id FOREIGN KEY(task_id) REFERENCES oh_tasks (id), 
	CONSTRAINT uq_oh_ledger_task_id_kind UNIQUE (task_id, kind)
);
INSERT INTO "oh_ledger" VALUES(1,'key_01M7ZJV8147MXE0S5QY02P9GCF',NULL,'credit',100000,1795282542637502);
INSERT INTO "oh_ledger" VALUES(2,'key_01M7ZJV8147MXE0S5QY02P9GCF','mid','hold',500,1795282542644849);
INSERT INTO "oh_ledger" VALUES(3,'key_01M7ZJV8147MXE0S5QY02P9GCF','line-text','hold',500,1795282542987942);
INSERT INTO "oh_ledger" VALUES(4,'key_01M7ZJV8147MXE0S5QY02P9GCF','line-picture','hold',500,1795282543027800);
INSERT INTO "oh_ledger" VALUES(5,'key_01M7ZJV8147MXE0S5QY02P9GCF','told','hold',500,1795282543043372);
INSERT INTO "oh_ledger" VALUES(6,'key_01M7ZJV8147MXE0S5QY02P9GCF','told','release',500,1795282543071967);
CREATE TABLE oh_pictures (
	sha256 VARCHAR NOT NULL, 
	key_id VARCHAR NOT NULL, 
	used_at BIGINT NOT NULL, bytes BIGINT DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_oh_pictures PRIMARY KEY (sha256, key_id), 
	CONSTRAINT fk_oh_pictures_key_id FOREIGN KEY(key_id) REFERENCES oh_keys (id)
);
INSERT INTO "oh_pictures" VALUES('5ae741b05b1cca491c6e404202a0647d654accf88b7c424ccdf9e13832233707','key_01M7ZJV8147MXE0S5QY02P9GCF',1795282542933457,29);
CREATE TABLE oh_schema (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT oh_schema_pkc PRIMARY KEY (version_num)
);
INSERT INTO "oh_schema" VALUES('0006');
CREATE TABLE oh_secrets (
	name VARCHAR NOT NULL, 
	value BLOB NOT NULL, 
	CONSTRAINT pk_oh_secrets PRIMARY KEY (name)
);
CREATE TABLE oh_spending (
	key_id VARCHAR NOT NULL, 
	period VARCHAR NOT NULL, 
	micros BIGINT NOT NULL, 
	CONSTRAINT pk_oh_spending PRIMARY KEY (key_id, period), 
	CONSTRAINT fk_oh_spending_key_id FOREIGN KEY(key_id) REFERENCES oh_keys (id)
);
CREATE TABLE oh_tasks (
	id VARCHAR NOT NULL, 
	key_id VARCHAR NOT NULL, 
	dialect VARCHAR NOT NULL, 
	model VARCHAR NOT NULL, 
	status VARCHAR NOT NULL, 
	progress FLOAT NOT NULL, 
	"order" TEXT NOT NULL, 
	quote TEXT NOT NULL, 
	callback_url TEXT, 
	lifetime_micros BIGINT NOT NULL, 
	created_at BIGINT NOT NULL, 
	started_at BIGINT, 
	finished_at BIGINT, 
	expires_at BIGINT, 
	video TEXT, 
	failure TEXT, 
	hidden BOOLEAN NOT NULL, film_bytes BIGINT, 
	CONSTRAINT pk_oh_tasks PRIMARY KEY (id), 
	CONSTRAINT fk_oh_tasks_key_id FOREIGN KEY(key_id) REFERENCES oh_keys (id)
);
INSERT INTO "oh_tasks" VALUES('mid','key_01M7ZJV8147MXE0S5QY02P9GCF','hiapi','m','running',0.0,'{"dialect":"hiapi","model":"m","mode":"image-to-video","prompt":"film 1","tier":"720p","seconds":5,"ratio":null,"pictures":["https://pictures/1.png"],"seed":1,"engine":null,"watermark":false,"callback":"https://customer/","echo":{}}','{"micros":500,"micros_per_second":100,"seconds":5,"price_version":"v","source":"s"}','https://customer/',315360000000000,1795282542644849,1795282542916909,NULL,NULL,NULL,NULL,0,NULL);
INSERT INTO "oh_tasks" VALUES('line-text','key_01M7ZJV8147MXE0S5QY02P9GCF','hiapi','m','queued',0.0,'{"dialect":"hiapi","model":"m","mode":"image-to-video","prompt":"film 2","tier":"720p","seconds":5,"ratio":null,"pictures":[],"seed":2,"engine":null,"watermark":false,"callback":"https://customer/","echo":{}}','{"micros":500,"micros_per_second":100,"seconds":5,"price_version":"v","source":"s"}','https://customer/',315360000000000,1795282542987942,NULL,NULL,NULL,NULL,NULL,0,NULL);
INSERT INTO "oh_tasks" VALUES('line-picture','key_01M7ZJV8147MXE0S5QY02P9GCF','hiapi','m','queued',0.0,'{"dialect":"hiapi","model":"m","mode":"image-to-video","prompt":"film 3","tier":"720p","seconds":5,"ratio":null,"pictures":["https://pictures/3.png"],"seed":3,"engine":null,"watermark":false,"callback":"https://customer/","echo":{}}','{"micros":500,"micros_per_second":100,"seconds":5,"price_version":"v","source":"s"}','https://customer/',315360000000000,1795282543027800,NULL,NULL,NULL,NULL,NULL,0,NULL);
INSERT INTO "oh_tasks" VALUES('told','key_01M7ZJV8147MXE0S5QY02P9GCF','hiapi','m','cancelled',0.0,'{"dialect":"hiapi","model":"m","mode":"image-to-video","prompt":"film 4","tier":"720p","seconds":5,"ratio":null,"pictures":[],"seed":4,"engine":null,"watermark":false,"callback":"https://customer/","echo":{}}','{"micros":500,"micros_per_second":100,"seconds":5,"price_version":"v","source":"s"}','https://customer/',315360000000000,1795282543043372,NULL,1795282543065596,NULL,NULL,NULL,0,NULL);
CREATE TABLE oh_uploads (
	address VARCHAR NOT NULL, 
	key_id VARCHAR NOT NULL, 
	dialect VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	bytes BIGINT, 
	content_type VARCHAR, 
	sha256 VARCHAR, 
	created_at BIGINT NOT NULL, 
	expires_at BIGINT NOT NULL, 
	CONSTRAINT pk_oh_uploads PRIMARY KEY (address), 
	CONSTRAINT fk_oh_uploads_key_id FOREIGN KEY(key_id) REFERENCES oh_keys (id)
);
CREATE TABLE oh_workers (
	name VARCHAR NOT NULL, 
	beats BIGINT NOT NULL, 
	started_at BIGINT NOT NULL, 
	CONSTRAINT pk_oh_workers PRIMARY KEY (name)
);
INSERT INTO "oh_workers" VALUES('studio1-BSP3HRPY',4,1795282542745542);
CREATE TABLE "operation_outputs" (
    workflow_uuid TEXT NOT NULL,
    function_id INTEGER NOT NULL,
    function_name TEXT NOT NULL DEFAULT '',
    output TEXT,
    error TEXT,
    child_workflow_id TEXT,
    started_at_epoch_ms INTEGER,
    completed_at_epoch_ms INTEGER,
    serialization TEXT,
    application_name TEXT DEFAULT NULL,
    retention_timestamp INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000),
    PRIMARY KEY (workflow_uuid, function_id)
);
INSERT INTO "operation_outputs" VALUES('film-mid',1,'fetch','gASVUQAAAAAAAAB9lIwEZG9uZZRdlIxANWFlNzQxYjA1YjFjY2E0OTFjNmU0MDQyMDJhMDY0N2Q2NTRhY2NmODhiN2M0MjRjY2RmOWUxMzgzMjIzMzcwN5Rhcy4=',NULL,NULL,1795282542906,1795282542959,'py_pickle','openhorse',1795282542000);
CREATE TABLE queues (
    queue_id TEXT PRIMARY KEY DEFAULT (hex(randomblob(16))),
    name TEXT NOT NULL UNIQUE,
    concurrency INTEGER,
    worker_concurrency INTEGER,
    rate_limit_max INTEGER,
    rate_limit_period_sec REAL,
    priority_enabled BOOLEAN NOT NULL DEFAULT FALSE,
    partition_queue BOOLEAN NOT NULL DEFAULT FALSE,
    polling_interval_sec REAL NOT NULL DEFAULT 1.0,
    created_at INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000),
    updated_at INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000)
, "application_name" TEXT DEFAULT NULL, "partition_concurrency" INTEGER DEFAULT NULL, "partition_worker_concurrency" INTEGER DEFAULT NULL, "partition_rate_limit_max" INTEGER DEFAULT NULL, "partition_rate_limit_period_sec" REAL DEFAULT NULL);
INSERT INTO "queues" VALUES('044281E5EA3B9503B0A50E7E4A63E61A','films',NULL,1,NULL,NULL,1,0,0.1,1795282542000,1795282542593,'openhorse',NULL,NULL,NULL,NULL);
INSERT INTO "queues" VALUES('A0C987D01FFFF053D6A79BF0383CB47C','callbacks',NULL,8,NULL,NULL,1,0,0.1,1795282542000,1795282542617,'openhorse',NULL,NULL,NULL,NULL);
CREATE TABLE streams (
    workflow_uuid TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    "offset" INTEGER NOT NULL, function_id INTEGER NOT NULL DEFAULT 0, "serialization" TEXT DEFAULT NULL,
    PRIMARY KEY (workflow_uuid, key, "offset"),
    FOREIGN KEY (workflow_uuid) REFERENCES workflow_status(workflow_uuid) 
        ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE TABLE workflow_events (
    workflow_uuid TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL, "serialization" TEXT DEFAULT NULL,
    PRIMARY KEY (workflow_uuid, key),
    FOREIGN KEY (workflow_uuid) REFERENCES workflow_status(workflow_uuid) 
        ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE TABLE workflow_events_history (
    workflow_uuid TEXT NOT NULL,
    function_id INTEGER NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL, "serialization" TEXT DEFAULT NULL,
    PRIMARY KEY (workflow_uuid, function_id, key),
    FOREIGN KEY (workflow_uuid) REFERENCES workflow_status(workflow_uuid)
        ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE TABLE workflow_input (
    workflow_uuid TEXT NOT NULL PRIMARY KEY,
    inputs TEXT,
    retention_timestamp INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000)
);
INSERT INTO "workflow_input" VALUES('film-mid','gASVHwAAAAAAAAB9lCiMBGFyZ3OUjANtaWSUhZSMBmt3YXJnc5R9lHUu',1795282542000);
INSERT INTO "workflow_input" VALUES('film-line-text','gASVJQAAAAAAAAB9lCiMBGFyZ3OUjAlsaW5lLXRleHSUhZSMBmt3YXJnc5R9lHUu',1795282543000);
INSERT INTO "workflow_input" VALUES('film-line-picture','gASVKAAAAAAAAAB9lCiMBGFyZ3OUjAxsaW5lLXBpY3R1cmWUhZSMBmt3YXJnc5R9lHUu',1795282543000);
INSERT INTO "workflow_input" VALUES('film-told','gASVIAAAAAAAAAB9lCiMBGFyZ3OUjAR0b2xklIWUjAZrd2FyZ3OUfZR1Lg==',1795282543000);
INSERT INTO "workflow_input" VALUES('callback-6-1','gASVHQAAAAAAAAB9lCiMBGFyZ3OUSwZLAYaUjAZrd2FyZ3OUfZR1Lg==',1795282543000);
CREATE TABLE workflow_output (
    workflow_uuid TEXT NOT NULL PRIMARY KEY,
    output TEXT,
    error TEXT,
    retention_timestamp INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000)
);
CREATE TABLE workflow_schedules (
    schedule_id TEXT PRIMARY KEY,
    schedule_name TEXT NOT NULL UNIQUE,
    workflow_name TEXT NOT NULL,
    workflow_class_name TEXT,
    schedule TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'ACTIVE',
    context TEXT NOT NULL
, "last_fired_at" TEXT DEFAULT NULL, "automatic_backfill" BOOLEAN NOT NULL DEFAULT FALSE, "cron_timezone" TEXT DEFAULT NULL, "queue_name" TEXT DEFAULT NULL, "application_name" TEXT DEFAULT NULL);
CREATE TABLE workflow_status (
    workflow_uuid TEXT PRIMARY KEY,
    status TEXT,
    name TEXT,
    authenticated_user TEXT,
    assumed_role TEXT,
    authenticated_roles TEXT,
    request TEXT,
    output TEXT,
    error TEXT,
    executor_id TEXT,
    created_at INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000),
    updated_at INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000),
    application_version TEXT,
    application_id TEXT,
    class_name TEXT DEFAULT NULL,
    config_name TEXT DEFAULT NULL,
    recovery_attempts INTEGER DEFAULT 0,
    queue_name TEXT,
    workflow_timeout_ms INTEGER,
    workflow_deadline_epoch_ms INTEGER,
    inputs TEXT,
    started_at_epoch_ms INTEGER,
    deduplication_id TEXT,
    priority INTEGER NOT NULL DEFAULT 0
, queue_partition_key TEXT, forked_from TEXT, "owner_xid" TEXT DEFAULT NULL, "parent_workflow_id" TEXT DEFAULT NULL, "serialization" TEXT DEFAULT NULL, "delay_until_epoch_ms" BIGINT DEFAULT NULL, "was_forked_from" BOOLEAN NOT NULL DEFAULT FALSE, "rate_limited" BOOLEAN NOT NULL DEFAULT FALSE, "completed_at" BIGINT, "attributes" TEXT, "schedule_name" TEXT, "debounce_deadline_epoch_ms" BIGINT DEFAULT NULL, "is_debounced" BOOLEAN NOT NULL DEFAULT FALSE, "application_name" TEXT DEFAULT NULL, "creator_xid" TEXT DEFAULT NULL);
INSERT INTO "workflow_status" VALUES('film-mid','PENDING','films',NULL,NULL,NULL,NULL,NULL,NULL,'studio1-BSP3HRPY',1795282542000,1795282542000,'1',NULL,NULL,NULL,1,'films',NULL,NULL,NULL,1795282542000,NULL,0,NULL,NULL,'9d8b0421-1b02-4c50-93b5-83abcf7a4d3f',NULL,'py_pickle',NULL,0,0,NULL,'null',NULL,NULL,0,'openhorse','0c9123aa-e4ed-4e9e-885c-a79b0ac372a7');
INSERT INTO "workflow_status" VALUES('film-line-text','ENQUEUED','films',NULL,NULL,NULL,NULL,NULL,NULL,NULL,1795282543000,1795282543000,NULL,NULL,NULL,NULL,0,'films',NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,'py_pickle',NULL,0,0,NULL,'null',NULL,NULL,0,'openhorse','b2e13d7a-ab02-44ff-8d5d-a5c211b999fa');
INSERT INTO "workflow_status" VALUES('film-line-picture','ENQUEUED','films',NULL,NULL,NULL,NULL,NULL,NULL,NULL,1795282543000,1795282543000,NULL,NULL,NULL,NULL,0,'films',NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,'py_pickle',NULL,0,0,NULL,'null',NULL,NULL,0,'openhorse','830dcb15-5863-466f-aa5c-a1f4d2dd20b9');
INSERT INTO "workflow_status" VALUES('film-told','ENQUEUED','films',NULL,NULL,NULL,NULL,NULL,NULL,NULL,1795282543000,1795282543000,NULL,NULL,NULL,NULL,0,'films',NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,'py_pickle',NULL,0,0,NULL,'null',NULL,NULL,0,'openhorse','cf6f48fa-73a4-4c09-88fd-ffe27446538d');
INSERT INTO "workflow_status" VALUES('callback-6-1','PENDING','callbacks',NULL,NULL,NULL,NULL,NULL,NULL,'studio1-BSP3HRPY',1795282543000,1795282543000,'1',NULL,NULL,NULL,1,'callbacks',NULL,NULL,NULL,1795282543000,NULL,0,NULL,NULL,'70340b60-c5e7-4f8c-acde-ea953c52a1b3',NULL,'py_pickle',NULL,0,0,NULL,'null',NULL,NULL,0,'openhorse','0685f5c5-1740-4383-a6a4-640b11f3ef3c');
CREATE INDEX ix_oh_tasks_key_id_created_at_id ON oh_tasks (key_id, created_at, id);
CREATE INDEX ix_oh_tasks_key_id_status ON oh_tasks (key_id, status);
CREATE INDEX ix_oh_tasks_status_expires_at ON oh_tasks (status, expires_at);
CREATE INDEX ix_oh_events_task_id_id ON oh_events (task_id, id);
CREATE INDEX ix_oh_ledger_key_id_kind_micros ON oh_ledger (key_id, kind, micros);
CREATE UNIQUE INDEX uq_oh_ledger_settled ON oh_ledger (task_id) WHERE kind IN ('capture', 'release');
CREATE INDEX ix_oh_idempotency_expires_at ON oh_idempotency (expires_at);
CREATE INDEX ix_oh_callback_attempts_task_id ON oh_callback_attempts (task_id);
CREATE INDEX ix_oh_pictures_used_at ON oh_pictures (used_at);
CREATE INDEX ix_oh_uploads_expires_at ON oh_uploads (expires_at);
CREATE INDEX ix_oh_uploads_key_id_dialect_created_at ON oh_uploads (key_id, dialect, created_at);
CREATE INDEX ix_oh_tasks_told ON oh_tasks (created_at, id) WHERE callback_url IS NOT NULL;
CREATE INDEX ix_oh_keys_previous_sha256 ON oh_keys (previous_sha256);
CREATE INDEX ix_oh_ledger_key_id_at ON oh_ledger (key_id, at);
CREATE INDEX ix_oh_tasks_remembered ON oh_tasks (finished_at) WHERE "order" != '';
CREATE INDEX workflow_status_created_at_index ON workflow_status (created_at);
CREATE INDEX idx_workflow_topic ON notifications (destination_uuid, topic);
CREATE INDEX "idx_workflow_status_delayed" ON "workflow_status" ("delay_until_epoch_ms") WHERE status = 'DELAYED';
CREATE INDEX "idx_workflow_status_forked_from" ON "workflow_status" ("forked_from") WHERE "forked_from" IS NOT NULL;
CREATE INDEX "idx_workflow_status_parent_workflow_id" ON "workflow_status" ("parent_workflow_id") WHERE "parent_workflow_id" IS NOT NULL;
CREATE UNIQUE INDEX "uq_workflow_status_dedup_id" ON "workflow_status" ("queue_name", "deduplication_id") WHERE "deduplication_id" IS NOT NULL;
CREATE INDEX "idx_workflow_status_pending" ON "workflow_status" ("created_at") WHERE "status" = 'PENDING';
CREATE INDEX "idx_workflow_status_failed" ON "workflow_status" ("status", "created_at") WHERE "status" IN ('ERROR', 'CANCELLED', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED');
CREATE INDEX "idx_workflow_status_rate_limited" ON "workflow_status" ("queue_name", "started_at_epoch_ms") WHERE "rate_limited" = TRUE;
CREATE INDEX "idx_workflow_status_completed_at" ON "workflow_status" ("completed_at") WHERE "completed_at" IS NOT NULL;
CREATE INDEX "idx_workflow_status_started_at" ON "workflow_status" ("started_at_epoch_ms") WHERE "started_at_epoch_ms" IS NOT NULL;
CREATE INDEX "idx_workflow_status_schedule_name" ON "workflow_status" ("schedule_name") WHERE "schedule_name" IS NOT NULL;
CREATE UNIQUE INDEX "uq_application_versions_owner_version"
    ON application_versions ("application_name", "version_name")
    WHERE "application_name" IS NOT NULL;
CREATE UNIQUE INDEX "uq_application_versions_unclaimed_version"
    ON application_versions ("version_name")
    WHERE "application_name" IS NULL;
CREATE INDEX idx_workflow_input_retention
    ON workflow_input (retention_timestamp);
CREATE INDEX idx_workflow_output_retention
    ON workflow_output (retention_timestamp);
CREATE INDEX idx_operation_outputs_retention
    ON operation_outputs (retention_timestamp);
CREATE INDEX "idx_workflow_status_in_flight_v2" ON "workflow_status" ("queue_name", "status", "priority", "created_at", "application_name") WHERE "status" IN ('ENQUEUED', 'PENDING');
CREATE INDEX "idx_workflow_status_partition_dequeue_v3" ON "workflow_status" ("queue_name", "status", "queue_partition_key", "priority", "created_at", "workflow_uuid", "application_name") WHERE "status" IN ('ENQUEUED', 'PENDING') AND "queue_partition_key" IS NOT NULL;
CREATE INDEX "idx_operation_outputs_completed_at_function_name_v2" ON "operation_outputs" ("completed_at_epoch_ms", "function_name", "application_name");
CREATE INDEX "idx_workflow_status_deadline" ON "workflow_status" ("workflow_deadline_epoch_ms") WHERE "status" IN ('ENQUEUED', 'PENDING', 'DELAYED') AND "workflow_deadline_epoch_ms" IS NOT NULL;
CREATE INDEX "idx_application_versions_timestamp" ON "application_versions" ("version_timestamp" DESC);
CREATE INDEX "idx_application_versions_owner_timestamp" ON "application_versions" ("application_name", "version_timestamp" DESC);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('oh_ledger',6);
INSERT INTO "sqlite_sequence" VALUES('oh_events',6);
COMMIT;