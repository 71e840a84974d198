-- Links to the debtor's page, and how payment requests find their way to a connection.

CREATE TABLE pay_link (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    token_sha256 BYTEA NOT NULL,
    created_by TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    revoked_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_pay_link PRIMARY KEY (id),
    CONSTRAINT uq_pay_link_token_sha256 UNIQUE (token_sha256),
    CONSTRAINT ck_pay_link_expires_later CHECK (expires_at > created_at),
    CONSTRAINT ck_pay_link_digest_whole CHECK (octet_length(token_sha256) = 32),
    CONSTRAINT fk_pay_link_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_pay_link_case_id FOREIGN KEY (case_id) REFERENCES collection_case (id)
);
CREATE INDEX ix_pay_link_case ON pay_link (case_id, created_at);

-- Whose link a token is, before the tenant is known. A digest of 256 bits tells nothing to who does not have the token.
CREATE FUNCTION tenant_of_pay_link(wanted bytea) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS
$$ SELECT tenant_id FROM pay_link WHERE token_sha256 = wanted $$;
REVOKE ALL ON FUNCTION tenant_of_pay_link(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenant_of_pay_link(bytea) TO afluente_app;

CREATE TABLE connection_health (
    connection_id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    failures INTEGER NOT NULL,
    last_code TEXT NOT NULL,
    failed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    away_until TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_connection_health PRIMARY KEY (connection_id),
    CONSTRAINT ck_connection_health_failures_positive CHECK (failures > 0),
    CONSTRAINT fk_connection_health_connection_id FOREIGN KEY (connection_id) REFERENCES connection (id),
    CONSTRAINT fk_connection_health_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);

-- ``wanted_rail`` is what was asked for, null where any would do. ``tried`` lists ways that refused this request.
ALTER TABLE payment_request
    ADD COLUMN wanted_rail TEXT,
    ADD COLUMN amount_open BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN tried JSONB NOT NULL DEFAULT '[]';
CREATE INDEX ix_payment_request_live ON payment_request (expires_at) WHERE state IN ('draft', 'issued');

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['pay_link', 'connection_health']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY tenant_rows ON %I USING (tenant_id = this_tenant()) '
                       'WITH CHECK (tenant_id = this_tenant())', name);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO afluente_app', name);
    END LOOP;
END $$;
GRANT UPDATE (revoked_at) ON pay_link TO afluente_app;
GRANT UPDATE, DELETE ON connection_health TO afluente_app;
