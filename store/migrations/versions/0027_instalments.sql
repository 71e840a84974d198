-- Terms are stated anew, never changed: the newest of a creditor, country and currency stands, and empty ones end them.
CREATE TABLE instalment_terms (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    creditor_id TEXT NOT NULL,
    country TEXT NOT NULL,
    currency CHAR(3) NOT NULL,
    most_payments INTEGER,
    least_minor BIGINT,
    first_within_days INTEGER,
    stated_by TEXT NOT NULL,
    stated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_instalment_terms PRIMARY KEY (id),
    CONSTRAINT ck_instalment_terms_whole CHECK (
        (most_payments IS NULL) = (least_minor IS NULL) AND (most_payments IS NULL) = (first_within_days IS NULL)),
    CONSTRAINT fk_instalment_terms_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_instalment_terms_creditor_id FOREIGN KEY (creditor_id) REFERENCES creditor (id)
);
CREATE INDEX ix_instalment_terms_creditor ON instalment_terms (creditor_id, country, currency, stated_at);

ALTER TABLE instalment_terms ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_rows ON instalment_terms USING (tenant_id = this_tenant()) WITH CHECK (tenant_id = this_tenant());
GRANT SELECT, INSERT ON instalment_terms TO afluente_app;
