from lxml import etree

from ..common import SalonCase


class TestViews(SalonCase):
    def _get_actions(self):
        return self.env["ir.actions.act_window"].search(
            [("id", "in", self._get_ids("ir.actions.act_window"))]
        )

    def _get_ids(self, model):
        data = self.env["ir.model.data"].search(
            [("module", "=", "salon_reminders"), ("model", "=", model)]
        )
        return data.mapped("res_id")

    def test_every_action_opens_in_every_view(self):
        actions = self._get_actions()
        self.assertTrue(actions)
        for action in actions:
            self.assertNotIn("tree", action.view_mode)
            views = self.env[action.res_model].get_views(action.views)["views"]
            for kind in action.view_mode.split(","):
                self.assertIn(kind, views, action.name)

    def test_every_list_action_says_what_an_empty_list_means(self):
        for action in self._get_actions():
            if "list" in action.view_mode:
                self.assertTrue(action.help, action.name)

    def test_kanban_cards(self):
        views = self.env["ir.ui.view"].browse(self._get_ids("ir.ui.view"))
        for view in views.filtered(lambda v: v.type == "kanban"):
            arch = etree.fromstring(view.arch)
            self.assertTrue(arch.xpath("//t[@t-name='card']"), view.name)

    def test_menus_lead_somewhere(self):
        menus = self.env["ir.ui.menu"].browse(self._get_ids("ir.ui.menu"))
        for menu in menus:
            self.assertTrue(menu.action or menu.child_id, menu.complete_name)
