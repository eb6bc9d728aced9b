using System.Text.Json.Serialization;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.AkkaNet.Ledger;

/// <summary>Whatever <see cref="LedgerSerializer"/> writes: messages between nodes, journal events and snapshots.</summary>
internal interface ILedgerWire;

/// <summary>Asks the account it names.</summary>
internal interface ILedgerCommand : ILedgerWire
{
    /// <summary>The account.</summary>
    string Account { get; }
}

/// <summary>Answers a command; every command gets exactly one, or none when something is lost on the way.</summary>
internal interface ILedgerReply : ILedgerWire;

/// <summary>Opens the account, or checks its policy.</summary>
/// <param name="Policy">The policy.</param>
internal sealed record OpenAccount(AccountPolicy Policy) : ILedgerCommand
{
    /// <inheritdoc />
    [JsonIgnore]
    public string Account => Policy.Account;
}

/// <summary>Asks for a release. Values come along, so that charge and values are one event; they are thrown away when
/// the id is known.</summary>
/// <param name="Request">The request.</param>
/// <param name="Values">The drawn values.</param>
internal sealed record AskRelease(ReleaseRequest Request, DrawnValues Values) : ILedgerCommand
{
    /// <inheritdoc />
    [JsonIgnore]
    public string Account => Request.Id.Account;
}

/// <summary>Grants more budget for the period that holds an instant.</summary>
internal sealed record GrantBudget(string Account, long TimeMs, PrivacyCost Extra, string Reason) : ILedgerCommand;

/// <summary>Says that an account below this one is about to be opened, after which this one never is.</summary>
internal sealed record MarkBelow(string Account, string Descendant) : ILedgerCommand;

/// <summary>Asks what is spent and left in the period that holds an instant.</summary>
internal sealed record AskStatus(string Account, long TimeMs) : ILedgerCommand;

/// <summary>Asks for the status of every charged period.</summary>
internal sealed record AskHistory(string Account) : ILedgerCommand;

/// <summary>It was done, or was so already.</summary>
internal sealed record Accepted : ILedgerReply
{
    public static Accepted Instance { get; } = new();
}

/// <summary>It was not done.</summary>
internal sealed record Refused(Refusal Refusal) : ILedgerReply
{
    public static Refused With(RefusalCode code, string message) => new(new Refusal(code, message));
}

/// <summary>The stored release.</summary>
/// <param name="Release">The release.</param>
/// <param name="Replayed">Whether it had been stored before.</param>
internal sealed record Released(Release Release, bool Replayed) : ILedgerReply;

/// <summary>The status, or null when the account is not open.</summary>
internal sealed record StatusReply(AccountStatus? Status) : ILedgerReply;

/// <summary>The status of each charged period, in order of time.</summary>
internal sealed record HistoryReply(IReadOnlyList<AccountStatus> Periods) : ILedgerReply;

/// <summary>Ends an account's actor for good, on hand-over and passivation. Never leaves its node.</summary>
internal sealed class StopAccount
{
    public static StopAccount Instance { get; } = new();
}
