namespace AkkaPrivacy.LoadTests.AkkaNet.LedgerActors;

/// <summary>A ledger whose debits are measured.</summary>
internal interface IDebitSubject
{
    /// <summary>The name in the results.</summary>
    string Name { get; }

    /// <summary>What is measured, in a few words.</summary>
    string What { get; }

    /// <summary>Asks for releases as fast as they are stored.</summary>
    /// <param name="time">How long.</param>
    Task<DebitSample> RunAsync(TimeSpan time);
}
