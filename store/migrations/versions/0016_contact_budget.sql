-- What each permit is about, so that touches are counted of a debtor, a loan and a number; and what may change in it.

ALTER TABLE contact_permit
    ADD COLUMN loan_id TEXT,
    ADD COLUMN number_index BYTEA,
    ADD CONSTRAINT fk_contact_permit_loan_id FOREIGN KEY (loan_id) REFERENCES loan (id),
    ADD CONSTRAINT ck_contact_permit_channel_known
        CHECK (channel IN ('phone', 'sms', 'email', 'letter', 'whatsapp', 'visit', 'app')),
    ADD CONSTRAINT ck_contact_permit_actor_known CHECK (actor IN ('creditor', 'agency', 'lawyer')),
    ADD CONSTRAINT ck_contact_permit_result_known CHECK (result IN ('attempt', 'contact', 'right_party', 'unused')),
    ADD CONSTRAINT ck_contact_permit_told CHECK (settled_at IS NOT NULL OR result = 'attempt'),
    ADD CONSTRAINT ck_contact_permit_expires CHECK (expires_at >= issued_at);

CREATE INDEX ix_contact_permit_loan ON contact_permit (loan_id, issued_at) WHERE loan_id IS NOT NULL;
CREATE INDEX ix_contact_permit_number ON contact_permit (number_index, issued_at) WHERE number_index IS NOT NULL;

-- A permit is evidence: only what came of it is told later.
REVOKE UPDATE, DELETE ON contact_permit FROM afluente_app;
GRANT UPDATE (result, settled_at) ON contact_permit TO afluente_app;
