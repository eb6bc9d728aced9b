using System.Text.Json;
using System.Text.Json.Serialization;

namespace AkkaPrivacy.Ledger;

/// <summary><c>opened/1</c>.</summary>
internal sealed record OpenedV1(string Prev, long AtMs, string Account, string Measure, long BudgetLoss, long BudgetAttoDelta, long PeriodMs);

/// <summary><c>charged/1</c>.</summary>
internal sealed record ChargedV1(
    string Prev, long AtMs, string Release, long PeriodStartMs, long WindowStartMs, long WindowEndMs, string CompositionGroup, int MaxWindows, long Loss, long AttoDelta);

/// <summary><c>charged/2</c>.</summary>
internal sealed record ChargedV2(
    string Prev,
    long AtMs,
    string Release,
    long PeriodStartMs,
    long WindowStartMs,
    long WindowEndMs,
    string CompositionGroup,
    int MaxWindows,
    long Loss,
    long AttoDelta,
    string Reason,
    int Windows,
    long ChargedLoss,
    long ChargedAttoDelta,
    long SpentLoss,
    long SpentAttoDelta,
    long BudgetLoss,
    long BudgetAttoDelta,
    string Values);

/// <summary><c>granted/1</c>.</summary>
internal sealed record GrantedV1(string Prev, long AtMs, long PeriodStartMs, long Loss, long AttoDelta, string Reason);

/// <summary><c>closed/1</c>.</summary>
internal sealed record ClosedV1(string Prev, long AtMs, string Reason);

/// <summary><c>transferred-out/1</c>.</summary>
internal sealed record TransferredOutV1(string Prev, long AtMs, long PeriodStartMs, long Loss, long AttoDelta, string To, long ToVersion, string Reason);

/// <summary><c>transferred-in/1</c>.</summary>
internal sealed record TransferredInV1(string Prev, long AtMs, long PeriodStartMs, long Loss, long AttoDelta, string From, long FromVersion, string Reason);

/// <summary><c>policy-set/1</c>.</summary>
internal sealed record PolicySetV1(string Prev, long AtMs, long FromMs, long BudgetLoss, long BudgetAttoDelta, long PeriodMs, string Reason);

/// <summary>The stored form of the events. A form, once written, is never changed: a new one gets a new number and
/// the old one stays readable. Every field is required and no other is allowed, so damage shows.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(OpenedV1))]
[JsonSerializable(typeof(ChargedV1))]
[JsonSerializable(typeof(ChargedV2))]
[JsonSerializable(typeof(GrantedV1))]
[JsonSerializable(typeof(ClosedV1))]
[JsonSerializable(typeof(TransferredOutV1))]
[JsonSerializable(typeof(TransferredInV1))]
[JsonSerializable(typeof(PolicySetV1))]
internal sealed partial class LedgerEventJson : JsonSerializerContext;
