"""Pages: `members` (what one gets), `log` (for those who run a cohort), `machine` (mail on this machine)."""
