"""Goals, care teams and care plans."""

from records.chart.models import CarePlan, CarePlanActivity, Condition, Goal
from records.interop.context import PatientContext
from records.interop.drafts import Columns, Draft, RowMapper, coded, effective, required
from records.interop.element import Concept, Element
from records.interop.mappers import shared
from records.patients.models import CareTeam, CareTeamMember, Organization

# US Core's own category, which every plan has and which tells a reader nothing.
ASSESS_PLAN = "assess-plan"


def goal(element: Element, context: PatientContext) -> Draft:
    target = element.first("target")
    due = target.moment("dueDate")
    start = element.moment("startDate")
    return Draft(
        {
            **coded(required(element.concept("description"), element, "description")),
            **effective(start),
            **shared.author(element.element("expressedBy"), element, context),
            "status": element.string("lifecycleStatus"),
            "achievement_status": element.concept("achievementStatus").code,
            "target_text": shared.amount(target.element("detailQuantity"))
            or target.string("detailString")
            or target.concept("measure").words,
            "due_at": due.at,
            "due_precision": due.precision,
            "note": element.notes(),
        }
    )


def care_team(element: Element, context: PatientContext) -> Draft:
    seats = [_member(item, element, context) for item in element.elements("participant")]
    return Draft(
        {
            **coded(element.first("category").as_concept()),
            **effective(*element.period("period")),
            **shared.encounter(element, context),
            **shared.reason(element, context),
            "status": element.string("status"),
            "name": element.string("name"),
            "organization_id": context.pk(element.first("managingOrganization"), Organization),
        },
        parts={CareTeamMember: [seat for seat in seats if seat is not None]},
    )


def care_plan(element: Element, context: PatientContext) -> Draft:
    categories = [concept for concept in element.concepts("category") if concept.code != ASSESS_PLAN]
    conditions = (context.pk(item, Condition) for item in element.elements("addresses"))
    goals = (context.pk(item, Goal) for item in element.elements("goal"))
    return Draft(
        {
            **coded(categories[0] if categories else Concept(text=element.string("title"))),
            **effective(*element.period("period")),
            **shared.encounter(element, context),
            **shared.author(element.element("author"), element, context),
            "status": element.string("status"),
            "intent": element.string("intent"),
            "description": element.string("description"),
            "care_team_id": context.pk(element.first("careTeam"), CareTeam),
        },
        parts={CarePlanActivity: [_activity(item, element, context) for item in element.elements("activity")]},
        links={
            "addresses": {pk for pk in conditions if pk is not None},
            "goals": {pk for pk in goals if pk is not None},
        },
    )


def _member(item: Element, team: Element, context: PatientContext) -> Columns | None:
    member = item.element("member")
    key = context.file.index.key_of(member.data)
    if key is not None and key[0] == "Patient":
        return None
    return {
        "practitioner_id": context.file.practitioner(member),
        "organization_id": context.pk(member, Organization),
        "name": context.file.name_of(member, team),
        "role": item.first("role").as_concept().words,
    }


def _activity(item: Element, plan: Element, context: PatientContext) -> Columns:
    detail = item.element("detail")
    code = detail.concept("code")
    return {
        "status": detail.string("status"),
        "code_system": code.system,
        "code": code.code,
        "text": code.words or detail.string("description") or item.element("reference").string("display"),
        "location_name": context.file.name_of(detail.element("location"), plan),
    }


MAPPERS = {
    "Goal": RowMapper(Goal, goal),
    "CareTeam": RowMapper(CareTeam, care_team, {CareTeamMember: "team"}),
    "CarePlan": RowMapper(CarePlan, care_plan, {CarePlanActivity: "plan"}),
}
