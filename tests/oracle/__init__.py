"""A second, independent reading of the rules, in plain and slow exact Python, to hold the pipeline against.

    bounds      amounts between a low and a high, and the four answers of a condition
    law         the dated parameters and the districts
    day         what is known on a data date: rows by source, who each record is, which sources are stale
    facts       reports and city rows in force, which system wins, dead and in custody
    income      income over the window, known and carried; disregards
    property    deposits, vehicles, dwellings, businesses
    households  families of several systems as one household; heads, members, area
    persons     coverage, certificates, subsidies, medical burden, age
    rules_a … rules_q   one function a rule
    judge       all rules on one day, with staleness; discrepancies
    episodes    what stays open from day to day
    worlds      small nasty worlds, as canonical rows
    arrivals    what is known after some days of a world
    pipeline    the same rows through the pipeline's own steps
    compare     what the two say differently, in words

Where the rules leave a choice, docs/rules-readings.md says how both read them. Nothing here imports the pipeline's
stages; `pipeline` alone runs its steps. Rows are plain dicts of the canonical tables; None is unknown. Money is in
yuan as exact fractions, months are counted from the year 0.
"""
