"""Two receptionists at the call desk, and the list on paper."""

from datetime import time, timedelta
from uuid import uuid4

from odoo.exceptions import UserError, ValidationError

from .year_people import ASSUMED

# Shares of calls: given back undialled, and logged by mistake.
RELEASED, UNDONE = 0.02, 0.03
# So many lines fit on the list on paper.
PAGE = 12


class Desk:
    """One receptionist's telephone at one salon."""

    def __init__(self, world, salon, login):
        self.world, self.salon, self.login = world, salon, login
        self.chance = world.chance
        self.scope, self.card, self.skipped = "mine", None, []
        with self.request() as desk:
            opened = desk.open_desk()
        self.outcomes = {one["kind"]: one["id"] for one in opened["outcomes"]}
        self.reasons = [one["id"] for one in opened["reasons"]]

    def begin(self):
        """Sit down for a shift."""
        self.scope = "mine" if self.chance.random() < 0.7 else "all"
        self.skipped = []

    def request(self):
        return DeskRequest(self.world, self.login, self.salon)

    # ---- taking ----

    def take(self):
        """Claim the next call; return whether there is one."""
        with self.request() as desk:
            self.card = desk.take_next(self.scope, self.skipped)["card"]
        if self.card and self.chance.random() < RELEASED:
            self.release()
            return self.take()
        if self.card:
            self.look()
        return bool(self.card)

    def release(self):
        """Somebody is at the door: the call is left for later."""
        self.skipped.append(self.card["id"])
        with self.request() as desk:
            desk.release_call(self.card["id"])
        self.world.tell("calls given back")

    def look(self):
        """What must hold at the moment of dialling."""
        self.world.look("dialled", call=self.card["id"])
        self.look_for_gone_stylist(self.card["script"])

    def look_for_gone_stylist(self, script):
        """Nobody is promised a stylist who has left."""
        for name in self.world.events.get_gone(self.salon):
            # The news that somebody leaves names them.
            if name in (script or "") and self.card["kind"] != "departure":
                self.world.checks.note("offered a stylist who left", self.card["id"])

    # ---- talking ----

    def talk(self):
        """The client picks up, or not; what came of it is logged."""
        person = self.world.by_id[self.card["partner_id"]]
        answers = person.guardian or person
        kind = "no_answer"
        if answers.picks_up(self.chance):
            self.offer_promotion()
            kind = person.says(self.world.today, self.chance, self.world.rare)
        self.log(kind, person)

    def offer_promotion(self):
        promotions = self.card["promotions"]
        if promotions and self.chance.random() < 0.5:
            answer = self.chance.choice(["interested", "later", "declined"])
            with self.world.request(self.login, self.salon) as env:
                env["salon.promotion"].answer_offer(
                    promotions[0]["id"],
                    self.card["partner_id"],
                    answer,
                    self.card["id"],
                )
            self.world.tell("promotions offered on the phone")

    def log(self, kind, person):
        """Log it, or what the client says after the receptionist's question."""
        if kind == "booked":
            kind, values = self.find_booking(person)
        else:
            values = self.get_values(kind)
        done = self.send(kind, values)
        if not done:
            return
        if kind == "no_advertising" and done["stays"]:
            self.log(person.answers_question(self.world.today, self.chance), person)
        elif self.chance.random() < UNDONE:
            self.undo(done, kind, person)
        else:
            self.follow(kind, person)

    def send(self, kind, values):
        try:
            with self.request() as desk:
                done = desk.log_outcome(
                    self.card["id"],
                    self.outcomes[kind],
                    str(uuid4()),
                    {**values, "confirmed": True},
                    self.scope,
                )
        except (UserError, ValidationError) as error:
            self.world.tell(f"not logged: {str(error)[:60]}")
            return None
        self.world.tell(f"logged: {kind.replace('_', ' ')}")
        return done

    def undo(self, done, kind, person):
        """It was the wrong button: taken back, and logged as it was."""
        with self.request() as desk:
            desk.undo_outcome(done["attempt_id"], self.scope)
        self.world.tell("outcomes undone")
        if kind != "booked":
            self.send(kind, self.get_values(kind))
            self.follow(kind, person)

    def follow(self, kind, person):
        """The client stays with what was said."""
        if kind in ("left_us", "do_not_call"):
            person.gone = True
        if kind == "wrong_number":
            person.is_wrong = True

    # ---- what is entered ----

    def find_booking(self, person):
        """One of the times that are proposed, if there is one."""
        with self.request() as desk:
            times = desk.get_times(self.card["id"])
        self.look_for_gone_stylist(times["script"])
        self.look_at_times(times["proposals"])
        if not times["proposals"] or not self.card["services"]:
            return "declined", {}
        chosen = self.chance.choice(times["proposals"])
        services = [service["id"] for service in self.card["services"]]
        values = {name: chosen[name] for name in ("day", "hour", "stylist_id")}
        return "booked", {**values, "product_ids": services}

    def look_at_times(self, proposals):
        gone = self.world.events.get_gone(self.salon)
        for proposal in proposals:
            if proposal["stylist"] in gone:
                self.world.checks.note("offered a stylist who left", self.card["id"])

    def get_values(self, kind):
        stops = self.chance.random() < ASSUMED["wants no reminders of it"]
        return {
            "call_back": self.get_promise,
            "declined": lambda: {"stop": stops},
            "left_us": lambda: {
                "reason_id": self.chance.choice(self.reasons),
                "note": "Said so on the phone",
            },
        }.get(kind, dict)()

    def get_promise(self):
        """Some days later, at an hour of the salon."""
        day = self.world.today + timedelta(self.chance.randrange(1, 6))
        hour = time(self.chance.choice([10, 11, 13, 17]))
        return {"day": day.isoformat(), "hour": hour.strftime("%H:%M")}


class DeskRequest:
    """One request of the desk: its methods, with a transaction around them."""

    def __init__(self, world, login, salon):
        self.request = world.request(login, salon)

    def __enter__(self):
        return self.request.__enter__()["salon.call.desk"]

    def __exit__(self, *error):
        return self.request.__exit__(*error)


def work_on_paper(world, salon, login):
    """Call from the printed list, and type in afterwards what came of it."""
    with world.request(login, salon) as env:
        calls = env["salon.call"]._get_todays_calls()
        numbers = {call.id for call in calls if call.phone}
        calls = calls.filtered(lambda call: call.id in numbers)[:PAGE]
        ids, clients = calls.ids, calls.mapped("partner_id.id")
    for call_id in ids:
        world.look("dialled", call=call_id)
    world.pass_minutes(PAGE)
    if ids:
        enter_paper(world, salon, login, ids, clients)


def enter_paper(world, salon, login, ids, clients):
    with world.request(login, salon) as env:
        outcome = env["salon.call.outcome"]._get_default
        entry = env["salon.call.entry"].create(
            {"line_ids": [(0, 0, {"call_id": call_id}) for call_id in ids]}
        )
        for line, client in zip(entry.line_ids, clients, strict=True):
            person = world.by_id[client]
            reached = (person.guardian or person).picks_up(world.chance)
            # Who wants more than to decline is called again from the desk.
            line.outcome_id = outcome("declined" if reached else "no_answer")
        entry.action_log()
        world.tell("lines typed in from paper", len(ids) - len(entry.line_ids))
