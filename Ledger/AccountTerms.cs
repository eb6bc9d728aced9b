namespace AkkaPrivacy.Ledger;

/// <summary>The part of a policy that may change from a period on; the measure may not.</summary>
/// <param name="Budget">What a period may cost.</param>
/// <param name="PeriodMs">Length of a period in milliseconds.</param>
internal readonly record struct AccountTerms(Units Budget, long PeriodMs);
