-- Rates that are kept. All of it is evidence for figures in reports: it is added to, never changed.

CREATE TABLE treasury_rate (
    seq BIGINT GENERATED ALWAYS AS IDENTITY,
    tenant_id TEXT NOT NULL,
    base CHAR(3) NOT NULL,
    quote CHAR(3) NOT NULL,
    value NUMERIC NOT NULL,
    as_of DATE NOT NULL,
    source TEXT NOT NULL,
    stated_by TEXT NOT NULL,
    stated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_treasury_rate PRIMARY KEY (seq),
    CONSTRAINT ck_treasury_rate_value_positive CHECK (value > 0),
    CONSTRAINT fk_treasury_rate_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);
-- The statement for a pair's last day up to another, newest first, is read from this index alone.
CREATE INDEX ix_treasury_rate_day ON treasury_rate (tenant_id, base, quote, as_of, seq);

-- A set is named by its content; two tenants may hold the same one.
CREATE TABLE rate_set (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    settlement_currency CHAR(3) NOT NULL,
    as_of DATE NOT NULL,
    frozen_by TEXT NOT NULL,
    frozen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_rate_set PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_rate_set_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

-- A currency of a set: its rate, or by which refusal there was none.
CREATE TABLE rate_set_line (
    tenant_id TEXT NOT NULL,
    set_id TEXT NOT NULL,
    currency CHAR(3) NOT NULL,
    value NUMERIC,
    as_of DATE,
    source TEXT,
    legs JSONB,
    refused TEXT,
    refusal TEXT,
    CONSTRAINT pk_rate_set_line PRIMARY KEY (tenant_id, set_id, currency),
    CONSTRAINT ck_rate_set_line_value_positive CHECK (value > 0),
    CONSTRAINT fk_rate_set_line_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_rate_set_line_tenant_id_set_id FOREIGN KEY(tenant_id, set_id) REFERENCES rate_set (tenant_id, id)
);

CREATE TABLE fx_quote (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    base CHAR(3) NOT NULL,
    quote CHAR(3) NOT NULL,
    rate NUMERIC NOT NULL,
    mid NUMERIC NOT NULL,
    source TEXT NOT NULL,
    quoted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    valid_until TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_fx_quote PRIMARY KEY (id),
    CONSTRAINT ck_fx_quote_rates_positive CHECK (rate > 0 AND mid > 0),
    CONSTRAINT ck_fx_quote_valid_after_quoted CHECK (valid_until >= quoted_at),
    CONSTRAINT fk_fx_quote_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['treasury_rate', 'rate_set', 'rate_set_line', 'fx_quote']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY tenant_rows ON %I USING (tenant_id = this_tenant()) '
                       'WITH CHECK (tenant_id = this_tenant())', name);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO afluente_app', name);
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE OR TRUNCATE ON %I '
                       'FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name || '_stays', name);
    END LOOP;
END $$;
