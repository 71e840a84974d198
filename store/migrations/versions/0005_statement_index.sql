-- A page of a statement is read in the order of days; without this every entry of the tenant is.
CREATE INDEX ix_journal_entry_day ON journal_entry (tenant_id, effective_date, seq);
