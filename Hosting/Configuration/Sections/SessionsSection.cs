using System.Text.RegularExpressions;
using AkkaPrivacy.Hosting.Configuration.Options;
using AkkaPrivacy.Hosting.Configuration.Reading;
using AkkaPrivacy.Operators.Sessions;

namespace AkkaPrivacy.Hosting.Configuration.Sections;

/// <summary>Reads the <c>sessions</c> of a query.</summary>
internal static partial class SessionsSection
{
    private static readonly TimeSpan HalfDay = TimeSpan.FromHours(12);
    private static readonly Rule<string> FieldName = Rules.Text(FieldPattern(), "the name of a field of the data map");

    public static SessionOptions? Read(Section section, TimeSpan period)
    {
        if (!section.IsPresent)
        {
            return null;
        }

        var isHalfDay = period >= HalfDay && period.Ticks % HalfDay.Ticks == 0;
        var length = section.Get("max-length", QuerySection.Dividing(period, period, "to the accounting period of", "it"), isHalfDay ? "12h" : Durations.Text(period.TotalSeconds));
        var options = new SessionOptions(
            section.Get("gap", Rules.Duration(TimeSpan.FromSeconds(1), TimeSpan.FromDays(366), "from 1s to max-length"), "30m"),
            length,
            section.List("first", FieldName),
            section.List("last", FieldName),
            section.Get("max-sessions", Rules.Integer(1, SessionsOperator.LargestMaxSessions), "1000000"),
            section.Place);
        section.Done();
        return options;
    }

    [GeneratedRegex(@"\A[a-zA-Z0-9_-]{1,64}\z")]
    private static partial Regex FieldPattern();
}
