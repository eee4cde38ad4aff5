"""What the site has to read, by slug."""

ARTICLES = tuple(
    """
    shift-planning-for-small-teams
    how-to-build-a-fair-rota
    four-day-week-schedule-examples
    2-2-3-shift-pattern-explained
    on-call-rotation-best-practices
    employee-scheduling-spreadsheet-template
    shift-swap-policy
    weekend-shifts-without-resentment
    overtime-rules-in-the-eu
    planning-for-public-holidays
    split-shifts-pros-and-cons
    time-tracking-without-surveillance
    how-we-price-our-product
    rota-software-compared
    night-shifts-and-health
    onboarding-seasonal-staff
    calendar-feeds-done-right
    minimum-rest-between-shifts
    staffing-a-restaurant-on-sundays
    our-first-thousand-customers
    self-scheduling-in-hospitals
    absence-planning-checklist
    scheduling-across-time-zones
    why-we-left-microservices
    predictive-scheduling-laws
    shift-handover-template
    a-fair-way-to-assign-holidays
    from-paper-rota-to-app
    planning-with-part-time-staff
    retail-staffing-on-black-friday
    no-show-policy
    how-to-forecast-demand-in-a-cafe
    labor-cost-percentage-explained
    working-time-directive-guide
    rotating-shifts-examples
    security-review-in-a-small-team
    scheduling-volunteers
    the-cost-of-last-minute-changes
    how-we-answer-support
    staff-availability-form
    break-rules-by-country
    flexible-work-in-manufacturing
    panama-shift-schedule
    we-replaced-our-queue-with-sqlite
    notes-on-daylight-saving-time
    shift-differentials-explained
    meetings-on-a-rota
    absence-rate-benchmarks
    cleaning-crews-and-routes
    scheduling-for-pharmacies
    one-year-of-remote-support
    an-api-for-rotas
    how-to-read-a-staffing-plan
    payroll-export-without-tears
    field-service-scheduling
    what-we-learned-from-an-outage
    burnout-and-the-rota
    scheduling-drivers
    planning-a-festival-crew
    fair-weekends-a-small-algorithm
    accessible-calendars
    annual-planning-for-small-teams
    """.split()  # noqa: SIM905 (a list of sixty quoted strings reads worse)
)
"""In the order in which they are published."""

LAUNCH_ARTICLE = "we-replaced-our-queue-with-sqlite"
"""The one that a news site picks up."""

GERMAN_ARTICLES = (
    "dienstplan-vorlage",
    "schichtplan-erstellen",
    "ruhezeiten-im-ueberblick",
    "zeiterfassung-ohne-ueberwachung",
    "urlaub-gerecht-planen",
    "rufbereitschaft-regeln",
)
FRENCH_ARTICLES = (
    "modele-de-planning",
    "creer-un-planning-equitable",
    "temps-de-repos",
    "gerer-les-absences",
)

DOCS = (
    "getting-started",
    "api",
    "import-from-spreadsheet",
    "calendar-feeds",
    "shift-templates",
    "roles-and-permissions",
    "time-clock",
    "webhooks",
    "single-sign-on",
    "payroll-export",
    "mobile-app",
    "absences",
    "notifications",
    "billing",
    "data-export",
    "self-hosting",
    "rate-limits",
    "glossary",
)
