//! What a clock class shows of a second.

/// A number that it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Second,
    Minute,
    Hour,
    Day,
    Month,
    Year,
    /// 0 is Sunday.
    DayOfWeek,
    /// From 1 to 4.
    Quarter,
    /// Weeks begin on Sunday; the first day of the month is in week 1.
    WeekInMonth,
}

impl Field {
    /// The properties in the order of `Win32_CurrentTime`; one is never shown.
    pub(super) const PROPERTIES: [(&str, Option<Self>); 10] = [
        ("Day", Some(Self::Day)),
        ("DayOfWeek", Some(Self::DayOfWeek)),
        ("Hour", Some(Self::Hour)),
        ("Milliseconds", None),
        ("Minute", Some(Self::Minute)),
        ("Month", Some(Self::Month)),
        ("Quarter", Some(Self::Quarter)),
        ("Second", Some(Self::Second)),
        ("WeekInMonth", Some(Self::WeekInMonth)),
        ("Year", Some(Self::Year)),
    ];

    /// The field that a property shows.
    pub(super) fn of_property(name: &str) -> Option<Self> {
        let mut properties = Self::PROPERTIES.into_iter();
        properties.find(|(own, _)| cimarron_model::fold::eq(own, name))?.1
    }
}

/// A second, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) year: u32,
    pub(super) month: u32,
    pub(super) day: u32,
    pub(super) hour: u32,
    pub(super) minute: u32,
    pub(super) second: u32,
    day_of_week: u32,
}

/// Seconds of a day.
pub(super) const DAY: i64 = 86_400;

impl Moment {
    /// The second that is so many after the beginning of 1601.
    pub(super) fn of(seconds: i64) -> Self {
        let (days, within) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
        let (year, month, day) = date(days);
        let number = |n: i64| u32::try_from(n).unwrap_or(0);
        Self {
            year: number(year),
            month: number(month),
            day: number(day),
            hour: number(within / 3600),
            minute: number(within / 60 % 60),
            second: number(within % 60),
            // 1601-01-01 was a Monday.
            day_of_week: number((days + 1).rem_euclid(7)),
        }
    }

    pub(super) const fn get(self, field: Field) -> u32 {
        match field {
            Field::Second => self.second,
            Field::Minute => self.minute,
            Field::Hour => self.hour,
            Field::Day => self.day,
            Field::Month => self.month,
            Field::Year => self.year,
            Field::DayOfWeek => self.day_of_week,
            Field::Quarter => self.month.div_ceil(3),
            // What day of the week the first was.
            Field::WeekInMonth => (self.day + 6 + (self.day_of_week + 36 - self.day) % 7) / 7,
        }
    }
}

/// Year, month and day of the day that is so many after 1601-01-01 (proleptic Gregorian).
fn date(days: i64) -> (i64, i64, i64) {
    // Counted from March, so that a leap day is the last of its year.
    const FROM_MARCH_1600: i64 = 306;
    const CENTURIES_4: i64 = 146_097;
    let days = days + FROM_MARCH_1600;
    let (era, day) = (days.div_euclid(CENTURIES_4), days.rem_euclid(CENTURIES_4));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (1600 + era * 400 + year + i64::from(month <= 2), month, day)
}
