using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Time;

namespace AkkaPrivacy.Ledger;

/// <summary>What a well-formed policy and request look like. Each check gives the first fault, or null.</summary>
internal static class RequestRules
{
    private const int MaxAccountLength = 256;
    private const int MaxNameLength = 128;
    private static readonly TimeSpan MinPeriod = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MaxPeriod = TimeSpan.FromDays(366);
    private static readonly long MinTimeMs = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();
    private static readonly long MaxTimeMs = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    public static Refusal? Check(AccountPolicy policy)
    {
        return AccountFault(policy.Account)
            ?? Unless(Enum.IsDefined(policy.Measure), "The account's measure is none of pure, approximate and zero-concentrated.")
            ?? Unless(policy.BudgetPerPeriod.Measure == policy.Measure, $"Account '{policy.Account}': the budget ({policy.BudgetPerPeriod}) is not in the account's measure.")
            ?? Unless(!policy.BudgetPerPeriod.IsZero, $"Account '{policy.Account}': the budget is 0; it must be larger.")
            ?? PeriodFault(policy.Account, policy.Period);
    }

    public static Refusal? PeriodFault(string account, TimeSpan period) =>
        Unless(period >= MinPeriod && period <= MaxPeriod, $"Account '{account}': the period is {period}; from {MinPeriod} to {MaxPeriod} is allowed.")
        ?? Unless(period.Ticks % TimeSpan.TicksPerMillisecond == 0, $"Account '{account}': the period is no whole number of milliseconds.");

    public static Refusal? Check(ReleaseRequest request)
    {
        var (id, window) = (request.Id, request.Id.Window);
        return AccountFault(id.Account)
            ?? NameFault("pipeline", id.Pipeline)
            ?? NameFault("query", id.Query)
            ?? Unless(id.PlanHash is { Length: 16 } && id.PlanHash.All(char.IsAsciiHexDigit), "The plan hash must be 16 hexadecimal digits.")
            ?? Unless(window.StartMs >= MinTimeMs && window.EndMs <= MaxTimeMs && window.StartMs < window.EndMs, $"The window [{window.StartMs}, {window.EndMs}) must end after its start and lie between the years 1 and 9999.")
            ?? NameFault("composition group", request.CompositionGroup)
            ?? Unless(request.MaxWindows >= 1, $"The number of windows per subject is {request.MaxWindows}; it must be 1 or more.")
            ?? Unless(!request.Cost.IsZero, "The cost is 0: a release that costs nothing is a fault of its plan.");
    }

    public static Refusal? CheckGrant(string account, long timeMs, PrivacyCost extra, string reason) =>
        AccountFault(account)
        ?? TimeFault(timeMs)
        ?? Unless(!extra.IsZero, $"Account '{account}': a grant of 0 changes nothing.")
        ?? ReasonFault(reason);

    public static Refusal? CheckClose(string account, string reason) => AccountFault(account) ?? ReasonFault(reason);

    public static Refusal? CheckPolicy(AccountPolicy policy, long fromMs, string reason) => Check(policy) ?? TimeFault(fromMs) ?? ReasonFault(reason);

    public static Refusal? CheckTransfer(string from, string to, long timeMs, PrivacyCost amount, string reason) =>
        AccountFault(from)
        ?? AccountFault(to)
        ?? Unless(from != to, $"Account '{from}' cannot transfer to itself.")
        ?? TimeFault(timeMs)
        ?? Unless(!amount.IsZero, $"Account '{from}': a transfer of 0 changes nothing.")
        ?? ReasonFault(reason);

    /// <summary>The account's ancestors, nearest first.</summary>
    public static IEnumerable<string> Ancestors(string account)
    {
        for (var end = account.LastIndexOf('/'); end > 0; end = account.LastIndexOf('/', end - 1))
        {
            yield return account[..end];
        }
    }

    public static Refusal? AccountFault(string account) => Unless(
        IsAccount(account),
        $"An account's name must be 1 to {MaxAccountLength} characters of a-z A-Z 0-9 . _ - and /, without an empty part between slashes.");

    private static Refusal? TimeFault(long timeMs) => Unless(timeMs >= MinTimeMs && timeMs <= MaxTimeMs, "The instant must lie between the years 1 and 9999.");

    private static Refusal? ReasonFault(string reason) => Unless(IsPlain(reason, 1000), "The reason must be 1 to 1000 characters without control characters.");

    private static Refusal? NameFault(string what, string name) => Unless(
        IsPlain(name, MaxNameLength) && !name.Contains('|', StringComparison.Ordinal),
        $"The name of a {what} must be 1 to {MaxNameLength} characters without | and control characters.");

    private static bool IsAccount(string? account) =>
        account is { Length: >= 1 and <= MaxAccountLength }
        && account.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '/')
        && !account.Split('/').Contains("");

    private static bool IsPlain(string? text, int max) =>
        text is { Length: >= 1 } && text.Length <= max && !text.Any(char.IsControl) && text.IsWellFormed();

    private static Refusal? Unless(bool holds, string fault) => holds ? null : new Refusal(RefusalCode.MalformedRequest, fault);

    // A lone surrogate has no UTF-8 form, so it could neither be stored nor told from another.
    private static bool IsWellFormed(this string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value == 0xFFFD)
            {
                return false;
            }
        }

        return true;
    }
}
