"""The sandbox plays the six sources on loopback, exactly by their contract, over a synthetic population.

    population   households and persons with reserved identity numbers
    builder      what each source knows of a household, as dated versions of records
    background   the many ordinary households; situations: the planted ones (plans_…), with what they must raise
    judge        the rules read once more over the world itself: the truth that runs are checked against
    changes      the records that change each day (2 %, or what is asked); dirt: how a delivery is soiled
    province, city, medical, drops, roster   the six sources over that world
    faults       the switch that breaks them on demand; server, running, __main__   how they are started

Nobody in it exists: every identity number uses the reserved sequence 900-999. The package never imports lowincome.
"""
