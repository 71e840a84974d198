-- What the scheduled check of each book found, the newest alone being of interest; older ones tell when it began.
CREATE TABLE book_check (
    seq BIGINT GENERATED ALWAYS AS IDENTITY,
    tenant_id TEXT NOT NULL,
    checked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    holds BOOLEAN NOT NULL,
    findings JSONB NOT NULL,
    CONSTRAINT pk_book_check PRIMARY KEY (seq),
    CONSTRAINT fk_book_check_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);
CREATE INDEX ix_book_check_newest ON book_check (tenant_id, seq);

ALTER TABLE book_check ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_rows ON book_check USING (tenant_id = this_tenant()) WITH CHECK (tenant_id = this_tenant());
GRANT SELECT, INSERT, DELETE ON book_check TO afluente_app;
