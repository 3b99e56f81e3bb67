"""Lists of customers for one recommended action, with a control group, and the record of them.

Who is on a list is decided in SQL, `candidates.sql`; this runs it and writes files.
"""

from card_segments.campaigns.lists import Campaign, CampaignError, Request, write_campaign

__all__ = ["Campaign", "CampaignError", "Request", "write_campaign"]
