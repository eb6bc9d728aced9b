using AkkaPrivacy.Engine.Graphs;

namespace AkkaPrivacy.Operators.Sample;

/// <summary>Sampling by subject as a part of a graph.</summary>
public static class SampleExtensions
{
    /// <summary>Keeps a share of the subjects, each whole. See <see cref="SampleOperator"/>.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">The rows.</param>
    /// <param name="subject">The field whose token names the subject.</param>
    /// <param name="rate">The share to keep, above 0 and at most 1.</param>
    /// <returns>The rows of the kept subjects.</returns>
    public static Source<TokenizedRows, TMat> Sample<TMat>(this Source<TokenizedRows, TMat> source, string subject, double rate) =>
        source.Via(Flow.FromOperator(new SampleOperator(subject, rate)));

    /// <summary>Keeps a share of the subjects, each whole. See <see cref="SampleOperator"/>.</summary>
    /// <typeparam name="TIn">What flows in.</typeparam>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="flow">The rows.</param>
    /// <param name="subject">The field whose token names the subject.</param>
    /// <param name="rate">The share to keep, above 0 and at most 1.</param>
    /// <returns>The rows of the kept subjects.</returns>
    public static Flow<TIn, TokenizedRows, TMat> Sample<TIn, TMat>(this Flow<TIn, TokenizedRows, TMat> flow, string subject, double rate)
        where TIn : IStreamState => flow.Via(Flow.FromOperator(new SampleOperator(subject, rate)));

    /// <summary>Keeps about a target of rows of each key, by what a count behind it has released. See <see cref="AdaptiveSampleOperator"/>.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">The rows.</param>
    /// <param name="sample">Subject, query, target, floor.</param>
    /// <returns>The kept rows with their weights.</returns>
    public static Source<TokenizedRows, TMat> AdaptiveSample<TMat>(this Source<TokenizedRows, TMat> source, AdaptiveSampleOperator sample) =>
        source.Via(Flow.FromOperator(sample));

    /// <summary>Keeps about a target of rows of each key, by what a count behind it has released. See <see cref="AdaptiveSampleOperator"/>.</summary>
    /// <typeparam name="TIn">What flows in.</typeparam>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="flow">The rows.</param>
    /// <param name="sample">Subject, query, target, floor.</param>
    /// <returns>The kept rows with their weights.</returns>
    public static Flow<TIn, TokenizedRows, TMat> AdaptiveSample<TIn, TMat>(this Flow<TIn, TokenizedRows, TMat> flow, AdaptiveSampleOperator sample)
        where TIn : IStreamState => flow.Via(Flow.FromOperator(sample));
}
