-- Who answers for a loan beside its debtor.
CREATE TABLE loan_guarantor (
    tenant_id TEXT NOT NULL,
    loan_id TEXT NOT NULL,
    party_id TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_loan_guarantor PRIMARY KEY (loan_id, party_id),
    CONSTRAINT fk_loan_guarantor_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_loan_guarantor_loan_id FOREIGN KEY(loan_id) REFERENCES loan (id),
    CONSTRAINT fk_loan_guarantor_party_id FOREIGN KEY(party_id) REFERENCES party (id)
);
CREATE INDEX ix_loan_guarantor_party ON loan_guarantor (party_id);

ALTER TABLE loan_guarantor ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_rows ON loan_guarantor USING (tenant_id = this_tenant()) WITH CHECK (tenant_id = this_tenant());
GRANT SELECT, INSERT ON loan_guarantor TO afluente_app;
