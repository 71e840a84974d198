-- Where a tenant wants to be told. A deleted endpoint keeps its row for its deliveries' sake, and no secret.
CREATE TABLE webhook_endpoint (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    url TEXT NOT NULL,
    description TEXT,
    event_types TEXT[] NOT NULL,
    state TEXT NOT NULL,
    disabled_reason TEXT,
    disabled_at TIMESTAMP WITH TIME ZONE,
    failing_since TIMESTAMP WITH TIME ZONE,
    paused_until TIMESTAMP WITH TIME ZONE,
    last_success_at TIMESTAMP WITH TIME ZONE,
    secret BYTEA,
    secret_set_at TIMESTAMP WITH TIME ZONE NOT NULL,
    previous_secret BYTEA,
    previous_until TIMESTAMP WITH TIME ZONE,
    created_by TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_webhook_endpoint PRIMARY KEY (id),
    CONSTRAINT ck_webhook_endpoint_deleted_without_secret CHECK ((state = 'deleted') = (secret IS NULL)),
    CONSTRAINT fk_webhook_endpoint_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);
CREATE UNIQUE INDEX uq_webhook_endpoint_url ON webhook_endpoint (tenant_id, url) WHERE state <> 'deleted';

-- One event for one endpoint. While it is being sent, ``next_try_at`` is when the sender is given up for dead, and
-- ``claims`` names the sender whose result counts. ``tries`` counts since it was last queued, ``attempts`` all.
CREATE TABLE webhook_delivery (
    seq BIGINT GENERATED ALWAYS AS IDENTITY,
    id TEXT NOT NULL DEFAULT 'whd_' || replace(uuidv7()::text, '-', ''),
    tenant_id TEXT NOT NULL DEFAULT this_tenant(),
    endpoint_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    state TEXT NOT NULL,
    tries INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    claims INTEGER NOT NULL,
    next_try_at TIMESTAMP WITH TIME ZONE NOT NULL,
    last_status INTEGER,
    last_error TEXT,
    settled_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_webhook_delivery PRIMARY KEY (seq),
    CONSTRAINT uq_webhook_delivery_id UNIQUE (id),
    CONSTRAINT uq_webhook_delivery_endpoint_id_event_id UNIQUE (endpoint_id, event_id),
    CONSTRAINT fk_webhook_delivery_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_webhook_delivery_endpoint_id FOREIGN KEY(endpoint_id) REFERENCES webhook_endpoint (id),
    CONSTRAINT fk_webhook_delivery_event_id FOREIGN KEY(event_id) REFERENCES outgoing_event (id)
);
CREATE INDEX ix_webhook_delivery_due ON webhook_delivery (endpoint_id, next_try_at)
    WHERE state IN ('pending', 'sending');
CREATE INDEX ix_webhook_delivery_endpoint ON webhook_delivery (endpoint_id, seq);
CREATE INDEX ix_webhook_delivery_event ON webhook_delivery (event_id);
CREATE INDEX ix_webhook_delivery_settled ON webhook_delivery (tenant_id, settled_at)
    WHERE state IN ('delivered', 'failed', 'skipped');

-- Every try and the beginning of its answer; gone with its delivery.
CREATE TABLE webhook_attempt (
    seq BIGINT GENERATED ALWAYS AS IDENTITY,
    tenant_id TEXT NOT NULL,
    delivery_id TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    verdict TEXT NOT NULL,
    status INTEGER,
    error TEXT,
    answer BYTEA NOT NULL,
    milliseconds INTEGER NOT NULL,
    CONSTRAINT pk_webhook_attempt PRIMARY KEY (seq),
    CONSTRAINT fk_webhook_attempt_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_webhook_attempt_delivery_id FOREIGN KEY(delivery_id) REFERENCES webhook_delivery (id)
        ON DELETE CASCADE
);
CREATE INDEX ix_webhook_attempt_delivery ON webhook_attempt (delivery_id, seq);

-- An event is due to every endpoint that wants it in the transaction that writes it, whoever writes: nothing has to
-- follow the events by number, which transactions do not commit in order of. Endpoints that are off miss it, and say so.
CREATE FUNCTION webhook_fan_out() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO webhook_delivery (tenant_id, endpoint_id, event_id, state, tries, attempts, claims, next_try_at,
                                  settled_at, created_at)
    SELECT e.tenant_id, w.id, e.id, CASE w.state WHEN 'enabled' THEN 'pending' ELSE 'skipped' END, 0, 0, 0,
           e.created_at, CASE w.state WHEN 'enabled' THEN NULL ELSE e.created_at END, e.created_at
    FROM added e JOIN webhook_endpoint w ON w.tenant_id = e.tenant_id
    WHERE w.state <> 'deleted'
      AND (e.type = ANY (w.event_types) OR (e.type = 'webhook.test' AND e.subject_id = w.id))
    ORDER BY e.seq, w.id;
    RETURN NULL;
END $$;
CREATE TRIGGER webhook_fan_out AFTER INSERT ON outgoing_event
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION webhook_fan_out();

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['webhook_endpoint', 'webhook_delivery', 'webhook_attempt']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY tenant_rows ON %I USING (tenant_id = this_tenant()) '
                       'WITH CHECK (tenant_id = this_tenant())', name);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO afluente_app', name);
    END LOOP;
END $$;
GRANT UPDATE (url, description, event_types, state, disabled_reason, disabled_at, failing_since, paused_until,
              last_success_at, secret, secret_set_at, previous_secret, previous_until) ON webhook_endpoint
    TO afluente_app;
GRANT UPDATE (state, tries, attempts, claims, next_try_at, last_status, last_error, settled_at) ON webhook_delivery
    TO afluente_app;
GRANT DELETE ON webhook_delivery TO afluente_app;
