namespace AkkaPrivacy.LoadTests.Compare.Pipeline;

/// <summary>A program that does the job of <see cref="PipelineJob"/> from JSON lines to noised counts.</summary>
internal interface IPipelineSubject
{
    /// <summary>The name in the results.</summary>
    string Name { get; }

    /// <summary>Bytes allocated per event once the program is running, over the passes so far; null when it does not tell
    /// its start from its running.</summary>
    double? SteadyBytesPerEvent => null;

    /// <summary>Does the whole job once, from the first line to the last noised count, starting from nothing.</summary>
    /// <param name="jsonLines">The lines, each ended by a line feed, as <see cref="JsonLines"/> makes them.</param>
    /// <param name="events">The number of lines.</param>
    /// <returns>How many events were counted, after sampling and bounding and before noise. A program that samples
    /// by another hash than the baselines keeps other subjects, so this need only be about the same.</returns>
    long Run(ReadOnlyMemory<byte> jsonLines, int events);
}
