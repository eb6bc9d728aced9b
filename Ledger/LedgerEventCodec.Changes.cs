using AkkaPrivacy.Engine.Ports;

namespace AkkaPrivacy.Ledger;

/// <content>The events by which people change an account.</content>
internal static partial class LedgerEventCodec
{
    private const string ClosedType = "closed/1";
    private const string TransferredOutType = "transferred-out/1";
    private const string TransferredInType = "transferred-in/1";
    private const string PolicySetType = "policy-set/1";

    private static NewEvent EncodeChange(LedgerEvent happened, string prev) => happened switch
    {
        AccountWasClosed e => New(ClosedType, new ClosedV1(prev, e.AtMs, e.Reason), LedgerEventJson.Default.ClosedV1),
        BudgetTransferredOut e => New(TransferredOutType, Dto(e, prev), LedgerEventJson.Default.TransferredOutV1),
        BudgetTransferredIn e => New(TransferredInType, Dto(e, prev), LedgerEventJson.Default.TransferredInV1),
        PolicySet e => New(PolicySetType, Dto(e, prev), LedgerEventJson.Default.PolicySetV1),
        _ => throw new ArgumentException($"{happened.GetType().Name} has no stored form.", nameof(happened)),
    };

    private static TransferredOutV1 Dto(BudgetTransferredOut e, string prev) =>
        new(prev, e.AtMs, e.PeriodStartMs, e.Amount.Loss, e.Amount.AttoDelta, e.To, e.ToVersion, e.Reason);

    private static TransferredInV1 Dto(BudgetTransferredIn e, string prev) =>
        new(prev, e.AtMs, e.PeriodStartMs, e.Amount.Loss, e.Amount.AttoDelta, e.From, e.FromVersion, e.Reason);

    private static PolicySetV1 Dto(PolicySet e, string prev) =>
        new(prev, e.AtMs, e.FromMs, e.Terms.Budget.Loss, e.Terms.Budget.AttoDelta, e.Terms.PeriodMs, e.Reason);

    private static AccountWasClosed Event(ClosedV1 dto, string prev)
    {
        CheckChain(dto.Prev, prev);
        return new AccountWasClosed(dto.Reason, dto.AtMs);
    }

    private static BudgetTransferredOut Event(TransferredOutV1 dto, string prev)
    {
        CheckChain(dto.Prev, prev);
        CheckOther(dto.To, dto.ToVersion);
        CheckUnits(dto.Loss, dto.AttoDelta);
        return new BudgetTransferredOut(dto.PeriodStartMs, new Units(dto.Loss, dto.AttoDelta), dto.To, dto.ToVersion, dto.Reason, dto.AtMs);
    }

    private static BudgetTransferredIn Event(TransferredInV1 dto, string prev)
    {
        CheckChain(dto.Prev, prev);
        CheckOther(dto.From, dto.FromVersion);
        CheckUnits(dto.Loss, dto.AttoDelta);
        return new BudgetTransferredIn(dto.PeriodStartMs, new Units(dto.Loss, dto.AttoDelta), dto.From, dto.FromVersion, dto.Reason, dto.AtMs);
    }

    private static PolicySet Event(PolicySetV1 dto, string prev)
    {
        CheckChain(dto.Prev, prev);
        CheckUnits(dto.BudgetLoss, dto.BudgetAttoDelta);
        return RequestRules.PeriodFault("", TimeSpan.FromMilliseconds(dto.PeriodMs)) is null
            ? new PolicySet(dto.FromMs, new AccountTerms(new Units(dto.BudgetLoss, dto.BudgetAttoDelta), dto.PeriodMs), dto.Reason, dto.AtMs)
            : throw new FormatException("its period is out of range");
    }

    private static void CheckOther(string account, long version)
    {
        if (RequestRules.AccountFault(account) is not null || version < 1)
        {
            throw new FormatException("the other account of the transfer is out of range");
        }
    }
}
