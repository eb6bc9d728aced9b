namespace AkkaPrivacy.Connectors.JsonLines;

/// <summary>Where lines of releases go, with what is known to be there.</summary>
internal interface IReleaseLines : IDisposable
{
    /// <summary>Whether nothing was written yet.</summary>
    bool IsEmpty { get; }

    /// <summary>Whether a release is there.</summary>
    /// <param name="id">Its id.</param>
    bool Holds(string id);

    /// <summary>Appends whole lines, durably, or none of them.</summary>
    /// <param name="lines">The lines, each with its line ending.</param>
    /// <param name="ids">The ids of the lines.</param>
    void Append(ReadOnlySpan<byte> lines, IReadOnlyCollection<string> ids);
}
