using System.Text.RegularExpressions;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Hosting.Configuration.Reading;

namespace AkkaPrivacy.Hosting.Configuration.Sections;

/// <summary>Reads <c>pipeline.account</c>.</summary>
internal static partial class AccountSection
{
    private static readonly Rule<string> Name = Rules.Text(
        NamePattern(), "a path of 1 to 256 characters of a-z A-Z 0-9 . _ - /, without empty parts");

    private static readonly Rule<TimeSpan> Period = Rules.Duration(TimeSpan.FromMinutes(1), TimeSpan.FromDays(366), "from 1m to 366d");

    public static AccountPolicy Read(Section section)
    {
        var name = section.Require("name", Name, "account");
        var period = section.Get("period", Period, "1d");
        var budget = Budget(section.Child("budget"));
        section.Done();
        return new AccountPolicy { Account = name, Period = period, Measure = budget.Measure, BudgetPerPeriod = budget };
    }

    private static PrivacyCost Budget(Section section)
    {
        // A budget with mistakes stands in as an approximate one, which can hold every cost: no other error follows from it.
        var before = section.Context.Errors.Count;
        var isRho = section.TryGet("rho", PrivacyRules.Rho, out var rho);
        var epsilon = section.Has("rho") ? Alternative(section) : section.Require("epsilon", PrivacyRules.Epsilon, 1);
        var delta = section.TryGet("delta", PrivacyRules.DeltaOrZero, out var written) ? written : 0;
        section.Done();
        if (section.Has("rho"))
        {
            return PrivacyCost.ZeroConcentrated(isRho ? rho : 1, delta);
        }

        var isSound = section.Context.Errors.Count == before;
        return isSound && delta == 0 ? PrivacyCost.Pure(epsilon) : PrivacyCost.Approximate(epsilon, delta);
    }

    private static double Alternative(Section section)
    {
        if (section.TryGet("epsilon", PrivacyRules.Epsilon, out _))
        {
            section.Error("epsilon", "found beside rho; allowed is one of the two: a budget is counted in epsilon or in rho");
        }

        return 1;
    }

    [GeneratedRegex(@"\A(?=.{1,256}\z)[a-zA-Z0-9._-]+(/[a-zA-Z0-9._-]+)*\z")]
    private static partial Regex NamePattern();
}
