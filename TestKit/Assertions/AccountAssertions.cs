using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.TestKit.Rows;

namespace AkkaPrivacy.TestKit.Assertions;

/// <summary>What is said of the account that the pipeline charges. Every method returns the same object or throws
/// <see cref="PipelineAssertionException"/>.</summary>
public sealed class AccountAssertions
{
    private readonly PipelineTest _test;

    internal AccountAssertions(PipelineTest test) => _test = test;

    /// <summary>What was charged in a period.</summary>
    /// <param name="loss">Epsilon, or rho for accounts in rho.</param>
    /// <param name="delta">Delta. Default: 0.</param>
    /// <param name="period">Any instant of the period, as <c>2026-03-02T10:00Z</c>; null when only one was charged.</param>
    /// <returns>This.</returns>
    public AccountAssertions Spent(double loss, double delta = 0, string? period = null) =>
        Check("spent", status => status.Spent, loss, delta, period);

    /// <summary>What a period has left.</summary>
    /// <param name="loss">Epsilon, or rho for accounts in rho.</param>
    /// <param name="delta">Delta. Default: 0.</param>
    /// <param name="period">Any instant of the period, as <c>2026-03-02T10:00Z</c>; null when only one was charged.</param>
    /// <returns>This.</returns>
    public AccountAssertions Left(double loss, double delta = 0, string? period = null) =>
        Check("left", status => status.Left, loss, delta, period);

    /// <summary>Nothing was charged in any period.</summary>
    /// <returns>This.</returns>
    public AccountAssertions IsUntouched() => _test.History.Count == 0
        ? this
        : throw new PipelineAssertionException($"Account '{_test.Account}': expected no charge, but {string.Join("; ", _test.History.Select(Text))}.");

    private static string Text(AccountStatus status) => $"the period from {Instants.Text(status.PeriodStartMs)} was charged {status.Spent} by {status.Releases} releases and has {status.Left} left";

    private AccountAssertions Check(string what, Func<AccountStatus, Engine.Privacy.PrivacyCost> part, double loss, double delta, string? period)
    {
        var status = Find(period, $"{Costs.Text(loss, delta)} {what}");
        return Costs.IsSame(part(status), loss, delta)
            ? this
            : throw new PipelineAssertionException($"Account '{_test.Account}': expected {Costs.Text(loss, delta)} {what}, but {Text(status)}. Charges:{Costs.Ledger(_test.Releases, status.PeriodStartMs)}");
    }

    private AccountStatus Find(string? period, string expected)
    {
        var history = _test.History;
        if (period is null && history.Count == 1)
        {
            return history[0];
        }

        var time = period is null ? (long?)null : Instants.Parse(period).ToUnixTimeMilliseconds();
        return history.FirstOrDefault(status => status.PeriodStartMs <= time && time < status.PeriodEndMs)
            ?? throw new PipelineAssertionException($"Account '{_test.Account}': expected {expected}{(period is null ? ", which needs the period to be named unless only one was charged" : $" in the period of {period}")}, but charged periods are: {(history.Count == 0 ? "none" : string.Join("; ", history.Select(Text)))}.");
    }
}
