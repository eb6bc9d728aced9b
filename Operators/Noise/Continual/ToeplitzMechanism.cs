namespace AkkaPrivacy.Operators.Noise.Continual;

/// <summary>
/// The square-root factorisation: prefix sums are the square of the lower triangular Toeplitz matrix C with c_0 = 1 and
/// c_k = c_(k-1) (1 - 1/(2k)). Noise is added to C x, and the totals are made of the result.
/// </summary>
/// <remarks>
/// <para>C is rounded down to whole multiples of 2^-24, so what noise is added to is a whole number; the matrix that makes
/// totals is the exact inverse times prefix sums, in doubles. That rounding is after the noise and costs no privacy.</para>
/// <para>Source: Fichtenberger, Henzinger, Upadhyay 2023; Henzinger, Upadhyay, Upadhyay 2023.</para>
/// </remarks>
public sealed class ToeplitzMechanism : ContinualMechanism
{
    private const int Places = 24;

    private readonly long[] _encode;
    private readonly double[] _decode;
    private readonly double[] _squares;

    /// <summary>Prepares the factorisation; takes time in proportion to the square of T.</summary>
    /// <param name="request">Steps, participations, contribution and cost.</param>
    /// <exception cref="ArgumentOutOfRangeException">sigma would exceed <see cref="DiscreteGaussian.MaxSigma"/>.</exception>
    public ToeplitzMechanism(ContinualRequest request)
        : base(request, PatternSquares(request))
    {
        _encode = Coefficients(request.Steps);
        _decode = Inverse(_encode);
        _squares = new double[request.Steps + 1];
        for (int i = 0; i < request.Steps; i++)
        {
            _squares[i + 1] = _squares[i] + (_decode[i] * _decode[i]);
        }
    }

    /// <inheritdoc />
    public override string Description => FormattableString.Invariant($"square-root-toeplitz(steps={Request.Steps}, participations={Request.Participations}, sigma={Sigma:R})");

    /// <inheritdoc />
    public override RunningTotal Start() => new Total(this);

    /// <inheritdoc />
    public override RunningTotal Resume(ReadOnlySpan<long> state)
    {
        var total = new Total(this);
        total.Load(state);
        return total;
    }

    /// <summary>c_0, c_1, ... in units of 2^-24, rounded down.</summary>
    /// <param name="count">How many.</param>
    /// <returns>Positive numbers that do not ascend.</returns>
    internal static long[] Coefficients(int count)
    {
        var whole = new long[count];
        double c = 1;
        for (int k = 0; k < count; k++)
        {
            c *= k == 0 ? 1 : 1 - (0.5 / k);
            whole[k] = (long)Math.ScaleB(c, Places);
        }

        return whole;
    }

    /// <summary>The largest sum of squares of C's columns over W of them, in units of 2^-48: that of the first W.</summary>
    /// <param name="request">Steps and participations.</param>
    /// <returns>The sum over steps t of (c_t + ... + c_(t - W + 1))^2.</returns>
    internal static UInt128 PatternSquares(ContinualRequest request)
    {
        long[] coefficients = Coefficients(request.Steps);
        UInt128 sum = 0;
        long row = 0;
        for (int t = 0; t < request.Steps; t++)
        {
            row += coefficients[t] - (t >= request.Participations ? coefficients[t - request.Participations] : 0);
            sum += (UInt128)row * (UInt128)row;
        }

        return sum;
    }

    internal override double Sigma => Noise.Sigma / (1 << Places);

    private protected override double SquaredWeights(int step) => _squares[step];

    // r with r * c = 1, 1, 1, ...: each total is the sum of what was encoded, weighted by r.
    private static double[] Inverse(long[] encode)
    {
        var decode = new double[encode.Length];
        for (int k = 0; k < decode.Length; k++)
        {
            double rest = 1;
            for (int j = 0; j < k; j++)
            {
                rest -= decode[j] * encode[k - j];
            }

            decode[k] = rest / encode[0];
        }

        return decode;
    }

    private sealed class Total(ToeplitzMechanism plan) : RunningTotal(plan.Request.Steps)
    {
        private readonly List<long> _values = [];
        private readonly List<long> _noised = [];

        public override double Estimate
        {
            get
            {
                double sum = 0;
                for (int i = 0; i < _noised.Count; i++)
                {
                    sum += _noised[i] * plan._decode[_noised.Count - 1 - i];
                }

                return sum;
            }
        }

        public override long[] Save() => [.. _values, .. _noised];

        public void Load(ReadOnlySpan<long> state)
        {
            if (state.Length % 2 != 0 || state.Length / 2 > plan.Request.Steps)
            {
                throw new FormatException("it is not the state of a factorisation");
            }

            Step = state.Length / 2;
            _values.AddRange(state[..Step]);
            _noised.AddRange(state[Step..]);
        }

        private protected override void Take(long value, RandomBits bits)
        {
            _values.Add(value);
            Int128 sum = 0;
            for (int i = 0; i < _values.Count; i++)
            {
                sum += (Int128)_values[i] * plan._encode[_values.Count - 1 - i];
            }

            _noised.Add(checked((long)sum + plan.Noise.Sample(bits)));
        }
    }
}
