-- What `make explore` shows before the prompt: three questions on tables that are always published.
.print
.print "Card Segments: the published tables, open to read. Three questions to begin with:"
.print
.print "1. Which segments are there, how large are they, and what share of the value do they hold?"
select
    segmentation,
    segment_name as segment,
    customers,
    round(100 * customer_share, 1) as pct_of_customers,
    round(100 * value_share, 1) as pct_of_value
from segments
order by segmentation asc, segment_number asc;
.print
.print "2. What comes first for each segment, and for which team?"
select
    segment_name as segment,
    team,
    action
from segment_recommendations
where priority = 1
order by segmentation asc, segment_key asc;
.print
.print "3. How many claims about the customers does the data support?"
select
    verdict,
    count(*) as claims,
    min(claim) as for_example
from tested_claims
group by verdict
order by claims desc, verdict asc;
.print
.print "Ask on in SQL, with a semicolon at the end. Some beginnings:"
.print "  .tables                    which tables there are"
.print "  from published_tables;     what each of them holds"
.print "  describe segments;         the columns of one"
.print "  from segment_profiles limit 5;"
.print "  .quit                      leaves, and so does Ctrl-D"
.print
.print "Nothing can be changed from here. Twelve everyday questions in SQL: docs/questions.md"
.print "Tours that explain more: docs/tours/README.md"
.print
.prompt 'cards> '
