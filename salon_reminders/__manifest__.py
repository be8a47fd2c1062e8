{
    "name": "Salon Reminders",
    "version": "19.0.1.0.0",
    "category": "Services/Salon",
    "summary": "Bring beauty-salon clients back in time: consent, daily call list",
    "author": "Salon Reminders",
    "license": "LGPL-3",
    "depends": [
        "contacts",
        "phone_validation",
        "product",
        "resource",
        "sms",
        "utm",
    ],
    "application": True,
}
