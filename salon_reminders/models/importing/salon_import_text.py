from odoo import api, models


class SalonImportText(models.AbstractModel):
    """What is wrong with a row, said in plain words."""

    _name = "salon.import.text"
    _description = "Salon Import Text"

    @api.model
    def _get_text(self, number, problem):
        """Return the sentence about a row that can't be read."""
        words = {"number": number, **problem.words}
        if problem.code == "missing":
            labels = self.env["salon.import.column"]._fields["target"]
            names = dict(labels._description_selection(self.env))
            words["field"] = names[words["field"]]
        return {
            "date": self._text_date,
            "time": self._text_time,
            "number": self._text_number,
            "flag": self._text_flag,
            "missing": self._text_missing,
            "future": self._text_future,
        }[problem.code](**words)

    def _text_date(self, **words):
        return self.env._(
            "Row %(number)s: %(value)s in the column %(column)s is not a date. "
            "Write it as 2018-03-15.",
            **words,
        )

    def _text_time(self, **words):
        return self.env._(
            "Row %(number)s: %(value)s in the column %(column)s is not a time. "
            "Write it as 14:30.",
            **words,
        )

    def _text_number(self, **words):
        return self.env._(
            "Row %(number)s: %(value)s in the column %(column)s is not a number. "
            "Write only digits and the decimal sign of the file.",
            **words,
        )

    def _text_flag(self, **words):
        return self.env._(
            "Row %(number)s: %(value)s in the column %(column)s is neither yes nor no.",
            **words,
        )

    def _text_missing(self, **words):
        return self.env._("Row %(number)s: %(field)s is missing.", **words)

    def _text_future(self, **words):
        return self.env._(
            "Row %(number)s: it is dated %(date)s, which is still to come. Import it "
            "as a booking or correct the date.",
            **words,
        )
